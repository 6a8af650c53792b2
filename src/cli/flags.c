/* The command line: flags with their values, and operands where the command takes some. */
#include "cli/cli_priv.h"

/* One flag as it was written, taken apart. */
struct flag {
    const struct sm_option *option; /* NULL: an operand */
    const char *value;              /* NULL: none was given */
};
struct arguments {
    char *const *argv;
    int argc, next;
    bool operands_only; /* after "--" */
};

static const struct sm_option *find_letter(char letter)
{
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        if (sm_option_table[i].letter == letter)
            return &sm_option_table[i];
    }
    return NULL;
}

static enum sm_status unknown_flag(const char *text, size_t size, struct sm_err *err)
{
    const struct sm_option *like =
        strncmp(text, "--", 2) == 0 ? sm__option_like(text + 2, size - 2) : NULL;

    return sm_err_set(
        err, SM_FATAL, SM_FROM_NONE, "there is no option %.*s%s%s", (int)(size > 60 ? 60 : size),
        text, like != NULL ? "; hint: did you mean --" : "", like != NULL ? like->name : "");
}

/* The value that follows: the rest of the argument, or the next one. */
static enum sm_status take_value(struct arguments *arguments, const char *rest, struct flag *flag,
                                 struct sm_err *err)
{
    flag->value = rest;
    if (rest != NULL || flag->option->type == SM_OPTION_BOOLEAN)
        return SM_OK;
    if (arguments->next == arguments->argc)
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE, "option --%s needs a value: %s",
                          flag->option->name, flag->option->value_name);
    flag->value = arguments->argv[arguments->next++];
    return SM_OK;
}

/* --name, --name=value, --name value, -X value, -Xvalue, or an operand. */
static enum sm_status next_flag(struct arguments *arguments, struct flag *flag, struct sm_err *err)
{
    const char *text = arguments->argv[arguments->next++];
    const char *equals;
    size_t size;

    *flag = (struct flag){NULL, text};
    if (arguments->operands_only || text[0] != '-' || text[1] == '\0')
        return SM_OK;
    if (text[1] != '-') {
        flag->option = find_letter(text[1]);
        if (flag->option == NULL)
            return unknown_flag(text, 2, err);
        return take_value(arguments, text[2] != '\0' ? text + 2 : NULL, flag, err);
    }
    equals = strchr(text, '=');
    size = equals != NULL ? (size_t)(equals - text) : strlen(text);
    flag->option = sm__option_find(text + 2, size - 2);
    if (flag->option == NULL)
        return unknown_flag(text, size, err);
    return take_value(arguments, equals != NULL ? equals + 1 : NULL, flag, err);
}

static enum sm_status next_argument(struct arguments *arguments, struct flag *flag,
                                    struct sm_err *err)
{
    if (!arguments->operands_only && strcmp(arguments->argv[arguments->next], "--") == 0) {
        arguments->operands_only = true;
        arguments->next++;
        if (arguments->next == arguments->argc)
            return SM_STOP;
    }
    return next_flag(arguments, flag, err);
}

static enum sm_status take_operand(struct sm_options *options, const char *text, struct sm_err *err)
{
    static const size_t taken[SM_COMMAND_COUNT] = {
        [SM_COMMAND_EMIT] = 1, [SM_COMMAND_HELP] = 1, [SM_COMMAND_SCHEMAS] = 2,
        [SM_COMMAND_PARKED] = 2, [SM_COMMAND_TENANTS] = 2,
        [SM_COMMAND_DEAD_LETTERS] = 2, [SM_COMMAND_ERASE_CLIENT] = 1, [SM_COMMAND_REPLAY] = 1};
    size_t count = taken[options->command], given = 0;

    while (given < count && options->operands[given] != NULL)
        given++;
    if (given == count)
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE, "%s does not take %s \"%.60s\"",
                          sm_command_name(options->command),
                          count > 0 ? "another argument" : "the argument", text);
    options->operands[given] = text;
    return SM_OK;
}

static void append_commands(unsigned commands, struct sm_buf *out)
{
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        if (commands & (1u << i))
            sm_buf_printf(out, "%s%s", out->size == 0 ? "" : ", ",
                          sm_command_name((enum sm_command)i));
    }
}

static enum sm_status not_for_command(const struct sm_option *option, enum sm_command command,
                                      struct sm_err *err)
{
    struct sm_buf commands;
    enum sm_status status;

    sm_buf_init(&commands, SM_ERR_TEXT_SIZE);
    append_commands(option->commands, &commands);
    status = sm_err_set(err, SM_FATAL, SM_FROM_NONE, "option --%s is not for %s but for: %s",
                        option->name, sm_command_name(command), commands.data);
    sm_buf_deinit(&commands);
    return status;
}

static enum sm_status take_flag(struct sm_options *options, const struct flag *flag,
                                struct sm_err *err)
{
    const struct sm__place place = {.origin = SM_BY_FLAG};

    if (flag->option == NULL)
        return take_operand(options, flag->value, err);
    if ((flag->option->commands & (1u << options->command)) == 0)
        return not_for_command(flag->option, options->command, err);
    return sm__option_set(options, flag->option, flag->value != NULL ? flag->value : "true", &place,
                          err);
}

enum sm_status sm__flags_read(struct sm_options *options, int argc, char *const *argv,
                              const struct sm_option *only, struct sm_err *err)
{
    struct arguments arguments = {.argv = argv, .argc = argc};

    while (arguments.next < argc) {
        struct flag flag;
        enum sm_status status = next_argument(&arguments, &flag, err);

        if (status == SM_STOP)
            return SM_OK;
        if (status == SM_OK && (only == NULL || flag.option == only))
            status = take_flag(options, &flag, err);
        if (status != SM_OK)
            return status;
    }
    return SM_OK;
}

bool sm__flags_want_help(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}
