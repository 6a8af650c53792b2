/* Names of options: exact, nearly right, and as an environment variable. */
#include <ctype.h>

#include "cli/cli_priv.h"

#define LIKE_DISTANCE_MAX 2

void sm_option_environment_name(const struct sm_option *option, char out[SM_ENVIRONMENT_NAME_SIZE])
{
    size_t size = sizeof(SM__ENVIRONMENT_PREFIX) - 1;

    memcpy(out, SM__ENVIRONMENT_PREFIX, size);
    for (const char *c = option->name; *c != '\0' && size < SM_ENVIRONMENT_NAME_SIZE - 1; c++)
        out[size++] = (char)(*c == '-' ? '_' : toupper((unsigned char)*c));
    out[size] = '\0';
}

const struct sm_option *sm__option_find(const char *name, size_t size)
{
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        const struct sm_option *option = &sm_option_table[i];

        if (strlen(option->name) == size && memcmp(option->name, name, size) == 0)
            return option;
    }
    return NULL;
}

/* Edits (insert, remove, replace a character) that make one name the other; Levenshtein's rows. */
static size_t distance(const char *a, size_t a_size, const char *b)
{
    size_t row[SM_ENVIRONMENT_NAME_SIZE], b_size = strlen(b);

    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_size; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= b_size; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            size_t edited = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

            diagonal = row[j];
            row[j] = replaced < edited ? replaced : edited;
        }
    }
    return row[b_size];
}

const struct sm_option *sm__option_like(const char *name, size_t size)
{
    const struct sm_option *best = NULL;
    size_t best_distance = LIKE_DISTANCE_MAX + 1;

    if (size >= SM_ENVIRONMENT_NAME_SIZE)
        return NULL;
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        size_t edits = distance(name, size, sm_option_table[i].name);

        if (edits < best_distance) {
            best = &sm_option_table[i];
            best_distance = edits;
        }
    }
    return best;
}
