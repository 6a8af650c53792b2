/* The manual page, in mdoc(7), from the tables that the program works by. */
#include "cli/cli_priv.h"
#include "cli/command.h"

#define LINE_MAX_BYTES 78 /* of the source: mandoc's style checks ask for it */

/* One word as mdoc takes it: nothing in it is a command or an escape. */
static void append_word(struct sm_buf *out, const char *word, size_t size, bool line_begins)
{
    if (line_begins && (word[0] == '.' || word[0] == '\''))
        sm_buf_append_text(out, "\\&");
    for (size_t i = 0; i < size; i++) {
        if (word[i] == '\\')
            sm_buf_append_text(out, "\\e");
        else if (word[i] != '`') /* quotes that are for a terminal */
            sm_buf_append_byte(out, (uint8_t)word[i]);
    }
}

/* Each sentence begins a line, by which the formatter knows where one ends. */
static void append_prose(struct sm_buf *out, const char *text)
{
    size_t column = 0;

    while (*text != '\0') {
        size_t word = strcspn(text, " ");

        if (column != 0 && column + 1 + word > LINE_MAX_BYTES) {
            sm_buf_append_byte(out, '\n');
            column = 0;
        }
        if (column != 0)
            sm_buf_append_byte(out, ' ');
        append_word(out, text, word, column == 0);
        column += (column != 0) + word;
        if (text[word - 1] == '.' && text[word] == ' ') {
            sm_buf_append_byte(out, '\n');
            column = 0;
        }
        text += word + (text[word] == ' ');
    }
    if (column != 0)
        sm_buf_append_byte(out, '\n');
}

/* A help sentence has no final stop. */
static void append_sentence(struct sm_buf *out, const char *text)
{
    struct sm_buf sentence;

    sm_buf_init(&sentence, SM_HELP_SIZE_MAX);
    sm_buf_append_text(&sentence, text);
    sm_buf_append_byte(&sentence, '.');
    append_prose(out, sentence.data);
    sm_buf_deinit(&sentence);
}

/* A macro's argument in quotes; values like "HOST:PORT,..." would be taken for punctuation. */
static void append_argument(struct sm_buf *out, const char *text)
{
    sm_buf_append_text(out, " \"");
    append_word(out, text, strlen(text), false);
    sm_buf_append_byte(out, '"');
}

/* ---- sections ---- */

static void append_head(struct sm_buf *out)
{
    sm_buf_append_text(out, ".Dd " SM_RELEASE_DATE "\n"
                            ".Dt SECRETMAGIC 1\n"
                            ".Os\n"
                            ".Sh NAME\n"
                            ".Nm secretmagic\n"
                            ".Nd Kafka events to PostgreSQL, exactly once\n"
                            ".Sh SYNOPSIS\n");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        const char *operand = sm_command_table[i].operand;

        sm_buf_printf(out, ".Nm\n.Cm %s\n.Op Ar option ...\n", sm_command_name((enum sm_command)i));
        if (operand[0] != '\0') {
            sm_buf_append_text(out, ".Ar");
            append_argument(out, operand + 1);
            sm_buf_append_byte(out, '\n');
        }
    }
    sm_buf_append_text(out, ".Sh DESCRIPTION\n"
                            ".Nm\n"
                            "turns Kafka events about a platform's clients into a PostgreSQL\n"
                            "database, exactly once, in which every version is kept.\n"
                            "Standard output is data, standard error is talk.\n"
                            "The commands are:\n"
                            ".Bl -tag -width Ds\n");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        sm_buf_printf(out, ".It Cm %s\n", sm_command_name((enum sm_command)i));
        append_prose(out, sm_command_table[i].description);
    }
    sm_buf_append_text(out, ".El\n");
}

static void append_facts(struct sm_buf *out, const struct sm_option *option)
{
    struct sm_buf facts;
    const char *before = "";

    sm_buf_init(&facts, SM_HELP_SIZE_MAX);
    if (option->type != SM_OPTION_BOOLEAN) {
        sm_buf_append_text(&facts, "Takes ");
        sm_option_append_range(option, &facts);
        if (option->fallback != NULL && option->fallback[0] != '\0')
            sm_buf_printf(&facts, "; the default is %s", option->fallback);
        sm_buf_append_text(&facts, ". ");
    }
    sm_buf_append_text(&facts, "Of ");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        if ((option->commands & (1u << i)) == 0)
            continue;
        sm_buf_printf(&facts, "%s%s", before, sm_command_name((enum sm_command)i));
        before = ", ";
    }
    sm_buf_append_byte(&facts, '.');
    append_prose(out, facts.data);
    sm_buf_deinit(&facts);
}

static void append_options(struct sm_buf *out)
{
    sm_buf_append_text(out, "The options are:\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        const struct sm_option *option = &sm_option_table[i];

        sm_buf_append_text(out, ".It");
        if (option->letter != 0)
            sm_buf_printf(out, " Fl %c ,", option->letter);
        sm_buf_printf(out, " Fl \\-%s", option->name);
        if (option->value_name != NULL) {
            sm_buf_append_text(out, " Ar");
            append_argument(out, option->value_name);
        }
        sm_buf_append_byte(out, '\n');
        append_sentence(out, option->help);
        append_facts(out, option);
    }
    sm_buf_append_text(out,
                       ".El\n"
                       ".Pp\n"
                       "Each option may also be an environment variable, or a line\n"
                       ".Ql name = value\n"
                       "in the file that\n"
                       ".Fl \\-config\n"
                       "names.\n"
                       "A flag wins over the environment, the environment over the file.\n"
                       "Times are written like 500ms, 30s, 10m, 2h or 1d, sizes like 65536, 64KiB\n"
                       "or 4MiB.\n");
}

static void append_environment(struct sm_buf *out)
{
    sm_buf_append_text(out, ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        char name[SM_ENVIRONMENT_NAME_SIZE];

        if (i == SM_OPTION_HELP)
            continue;
        sm_option_environment_name(&sm_option_table[i], name);
        sm_buf_printf(out, ".It Ev %s\nThe value of\n.Fl \\-%s .\n", name, sm_option_table[i].name);
    }
    sm_buf_append_text(out, ".El\n");
}

static void append_rest(struct sm_buf *out)
{
    sm_buf_append_text(out, ".Sh FILES\n"
                            ".Bl -tag -width Ds\n"
                            ".It Pa /etc/secretmagic/secretmagic.conf\n"
                            "What the systemd unit gives to\n"
                            ".Fl \\-config .\n"
                            ".El\n"
                            ".Sh EXIT STATUS\n"
                            ".Bl -tag -width Ds\n");
#define EXIT_ITEM(name, number, meaning)                                                           \
    sm_buf_printf(out, ".It %d\n", number);                                                        \
    append_sentence(out, meaning);
    SM_EXIT_LIST(EXIT_ITEM)
#undef EXIT_ITEM
    sm_buf_append_text(out, ".It 130, 143\n"
                            "A second SIGINT or SIGTERM ended\n"
                            ".Cm run\n"
                            "at once.\n"
                            ".El\n"
                            ".Sh EXAMPLES\n"
                            "Make the schema and the topics, then consume until SIGTERM:\n"
                            ".Bd -literal -offset indent\n"
                            "$ export SECRETMAGIC_BROKERS=localhost:9092\n"
                            "$ export SECRETMAGIC_DATABASE='host=localhost dbname=secretmagic'\n"
                            "$ secretmagic migrate \\-\\-topics\n"
                            "$ secretmagic run\n"
                            ".Ed\n"
                            ".Sh SEE ALSO\n"
                            ".Xr kcat 1 ,\n"
                            ".Xr psql 1\n");
}

void sm_help_man(struct sm_buf *out)
{
    append_head(out);
    append_options(out);
    append_environment(out);
    append_rest(out);
}
