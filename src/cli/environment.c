/* Options as environment variables, SECRETMAGIC_NAME. */
#include <ctype.h>

#include "cli/cli_priv.h"

/* Several properties in one variable, separated by ';'. */
static enum sm_status set_properties(struct sm_options *options, const char *text,
                                     const struct sm__place *place, struct sm_err *err)
{
    const struct sm_option *option = &sm_option_table[SM_OPTION_KAFKA_PROPERTY];
    char *rest = options->owned[1] = strdup(text);
    enum sm_status status = SM_OK;

    if (rest == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory while reading the environment");
    for (char *part; status == SM_OK && (part = strsep(&rest, ";")) != NULL;) {
        if (*part != '\0')
            status = sm__option_set(options, option, part, place, err);
    }
    return status;
}

static enum sm_status read_variable(struct sm_options *options, const struct sm_option *option,
                                    const char *text, struct sm_err *err)
{
    const struct sm__place place = {.origin = SM_BY_ENVIRONMENT};

    if (option->type == SM_OPTION_PROPERTY)
        return set_properties(options, text, &place, err);
    return sm__option_set(options, option, text, &place, err);
}

static const struct sm_option *find_variable(const char *variable)
{
    const char *equals = strchr(variable, '=');

    for (size_t i = 0; equals != NULL && i < SM_OPTION_COUNT; i++) {
        char name[SM_ENVIRONMENT_NAME_SIZE];

        sm_option_environment_name(&sm_option_table[i], name);
        if (strlen(name) == (size_t)(equals - variable) &&
            memcmp(name, variable, (size_t)(equals - variable)) == 0)
            return &sm_option_table[i];
    }
    return NULL;
}

/* A variable of our beginning that is no option is refused only if it nearly is one: others have
 * their reasons (a Kubernetes service of our name gives SECRETMAGIC_PORT and more), while a
 * misspelt one would be overlooked in silence. */
static enum sm_status judge_unknown(const char *variable, struct sm_err *err)
{
    size_t before = sizeof(SM__ENVIRONMENT_PREFIX) - 1, size = strcspn(variable, "=") - before;
    char name[SM_ENVIRONMENT_NAME_SIZE], meant[SM_ENVIRONMENT_NAME_SIZE];
    const struct sm_option *like;

    if (size >= sizeof(name))
        return SM_OK;
    for (size_t i = 0; i < size; i++)
        name[i] =
            (char)(variable[before + i] == '_' ? '-'
                                               : tolower((unsigned char)variable[before + i]));
    like = sm__option_like(name, size);
    /* Everything short is like a name of three letters. */
    if (like == NULL || like == &sm_option_table[SM_OPTION_HELP] || strlen(like->name) < 4)
        return SM_OK;
    sm_option_environment_name(like, meant);
    return sm_err_set(err, SM_FATAL, SM_FROM_NONE,
                      "the environment variable %.*s is none of our options; hint: did you mean %s",
                      (int)(before + size), variable, meant);
}

static bool is_ours(const char *variable)
{
    return strncmp(variable, SM__ENVIRONMENT_PREFIX, sizeof(SM__ENVIRONMENT_PREFIX) - 1) == 0;
}

/* One of another command's options is checked and has no effect. */
enum sm_status sm__environment_read(struct sm_options *options, char *const *environment,
                                    const struct sm_option *only, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (; status == SM_OK && *environment != NULL; environment++) {
        const struct sm_option *option = find_variable(*environment);

        if (option == NULL && is_ours(*environment))
            status = judge_unknown(*environment, err);
        else if (option != NULL && (only == NULL || option == only) &&
                 option != &sm_option_table[SM_OPTION_HELP])
            status = read_variable(options, option, strchr(*environment, '=') + 1, err);
    }
    return status;
}
