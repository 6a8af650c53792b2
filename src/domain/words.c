/* Sentences of a bounded size, put together without printf: only rejection.c uses that (the one
 * function of libc in the domain that looks at the locale), so that a lint can tell. */
#include "domain/domain_priv.h"

void sm__words_add_slice(struct sm__words *words, struct sm_slice text)
{
    size_t room = sizeof(words->text) - 1 - words->size;
    size_t size = text.size < room ? text.size : room;

    if (size != 0)
        memcpy(words->text + words->size, text.data, size);
    words->size += size;
    words->text[words->size] = '\0';
}

void sm__words_add(struct sm__words *words, const char *text)
{
    sm__words_add_slice(words, sm_slice_of(text));
}

void sm__words_add_number(struct sm__words *words, uint64_t number)
{
    uint8_t digits[20];
    size_t first = sizeof(digits);

    do {
        digits[--first] = (uint8_t)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    sm__words_add_slice(words, (struct sm_slice){ digits + first, sizeof(digits) - first });
}
