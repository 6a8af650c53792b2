/* Help for people: the overview and the options of a command, from the tables. */
#include "cli/cli_priv.h"
#include "cli/command.h"
#include "cli/help_words.h"

#define WIDTH         96 /* as a unit test has it, too */

void sm__help_wrap(struct sm_buf *out, size_t first, size_t rest, const char *text)
{
    size_t column = 0, indent = first;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (column == 0 || column + 1 + word > WIDTH) {
            sm_buf_printf(out, "%s%*s", column == 0 ? "" : "\n", (int)indent, "");
            column = indent;
            indent = rest;
        } else {
            sm_buf_append_byte(out, ' ');
            column++;
        }
        sm_buf_append(out, text, word);
        column += word;
        text += word + (text[word] == ' ');
    }
    sm_buf_append_byte(out, '\n');
}

/* "1 to 8; default 2; SECRETMAGIC_WRITERS": what is left to say once the help sentence is read. */
static void append_facts(struct sm_buf *out, const struct sm_option *option)
{
    struct sm_buf facts;
    char name[SM_ENVIRONMENT_NAME_SIZE];
    bool has_range = option->type != SM_OPTION_TEXT && option->type != SM_OPTION_BOOLEAN &&
                     option->type != SM_OPTION_PROPERTY;

    sm_buf_init(&facts, SM_HELP_SIZE_MAX);
    sm_option_environment_name(option, name);
    if (has_range) {
        sm_option_append_range(option, &facts);
        sm_buf_append_text(&facts, "; ");
    }
    if (option->fallback != NULL && option->fallback[0] != '\0' &&
        option->type != SM_OPTION_BOOLEAN)
        sm_buf_printf(&facts, "default %s; ", option->fallback);
    sm_buf_append_text(&facts, name);
    sm__help_wrap(out, 6, 6, facts.data);
    sm_buf_deinit(&facts);
}

static void append_option(struct sm_buf *out, const struct sm_option *option)
{
    sm_buf_append_text(out, "  ");
    if (option->letter != 0)
        sm_buf_printf(out, "-%c, ", option->letter);
    sm_buf_printf(out, "--%s%s%s\n", option->name, option->value_name != NULL ? " " : "",
                  option->value_name != NULL ? option->value_name : "");
    sm__help_wrap(out, 6, 6, option->help);
    if (option != &sm_option_table[SM_OPTION_HELP])
        append_facts(out, option);
}

void sm_help_overview(struct sm_buf *out)
{
    sm_buf_append_text(
        out, "usage: secretmagic COMMAND [OPTION...]\n\n"
             "Keeps Kafka's events in PostgreSQL as versioned records, exactly once.\n\n");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++)
        sm_buf_printf(out, "  %-12s  %s\n", sm_command_name((enum sm_command)i),
                      sm_command_table[i].summary);
    sm_buf_append_text(out, "\nsecretmagic help COMMAND tells the options of a command,\n"
                            "secretmagic help events the events there are and their fields.\n");
}

static bool has_environment(enum sm_command command)
{
    return (sm_option_table[SM_OPTION_CONFIG].commands & (1u << command)) != 0;
}

void sm_help_command(enum sm_command command, struct sm_buf *out)
{
    const struct sm_command_info *info = &sm_command_table[command];

    sm_buf_printf(out, "usage: secretmagic %s [OPTION...]%s\n\n", sm_command_name(command),
                  info->operand);
    sm__help_wrap(out, 0, 0, info->description);
    sm_buf_append_byte(out, '\n');
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        if (sm_option_table[i].commands & (1u << command))
            append_option(out, &sm_option_table[i]);
    }
    if (has_environment(command)) {
        sm_buf_append_byte(out, '\n');
        sm__help_wrap(
            out, 0, 0,
            "Each option may also be an environment variable, or a line `name = value` in "
            "the file that --config names. A flag wins over the environment, that over the "
            "file. Times are written like 500ms, 30s, 10m, 2h or 1d, sizes like 65536, "
            "64KiB or 4MiB.");
    }
}

int sm_command_help(const struct sm_options *options)
{
    const char *subject = options->operands[0];
    enum sm_command command;
    struct sm_buf out;
    int code = SM_EXIT_OK;

    sm_buf_init(&out, SM_HELP_SIZE_MAX);
    if (sm_options_flag(options, SM_OPTION_MARKDOWN)) {
        if (!sm_help_markdown(subject, &out))
            code = SM_EXIT_USAGE;
    } else if (sm_options_flag(options, SM_OPTION_MAN)) {
        sm_help_man(&out);
    } else if (sm_options_text(options, SM_OPTION_COMPLETION) != NULL) {
        sm_help_completion((enum sm_shell)sm_options_number(options, SM_OPTION_COMPLETION), &out);
    } else if (subject == NULL) {
        sm_help_overview(&out);
    } else if (sm_command_find(subject, &command)) {
        sm_help_command(command, &out);
    } else if (strcmp(subject, "events") == 0) {
        sm_help_events(&out);
    } else {
        code = SM_EXIT_USAGE;
    }
    if (code == SM_EXIT_OK)
        (void)fputs(out.data, stdout);
    else
        (void)fprintf(stderr,
                      "secretmagic: there is no help for \"%.60s\"; hint: secretmagic help\n",
                      subject);
    sm_buf_deinit(&out);
    return code;
}
