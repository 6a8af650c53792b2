/* The README's tables, made from the tables that the program works by. A test compares. */
#include "cli/cli_priv.h"
#include "cli/command.h"
#include "cli/help_words.h"
#include "domain/feature_config.h"

#define WORDS_SIZE_MAX 4096

/* A '|' would end the cell. */
static void append_cell(struct sm_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            sm_buf_append_byte(out, '\\');
        sm_buf_append_byte(out, (uint8_t)*text);
    }
}

static void append_option_commands(struct sm_buf *out, unsigned commands)
{
    const char *before = "";

    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        if ((commands & (1u << i)) == 0)
            continue;
        sm_buf_printf(out, "%s%s", before, sm_command_name((enum sm_command)i));
        before = ", ";
    }
}

static void append_option_row(struct sm_buf *out, const struct sm_option *option)
{
    char name[SM_ENVIRONMENT_NAME_SIZE];

    sm_option_environment_name(option, name);
    sm_buf_append_text(out, "| ");
    if (option->letter != 0)
        sm_buf_printf(out, "`-%c`, ", option->letter);
    sm_buf_printf(out, "`--%s%s", option->name, option->value_name != NULL ? " " : "");
    append_cell(out, option->value_name != NULL ? option->value_name : "");
    if (option == &sm_option_table[SM_OPTION_HELP])
        sm_buf_append_text(out, "` | | ");
    else
        sm_buf_printf(out, "` | `%s` | ", name);
    sm_option_append_range(option, out);
    if (option->fallback != NULL && option->fallback[0] != '\0')
        sm_buf_printf(out, " | `%s` | ", option->fallback);
    else
        sm_buf_append_text(out, " | none | ");
    append_option_commands(out, option->commands);
    sm_buf_append_text(out, " | ");
    append_cell(out, option->help);
    sm_buf_append_text(out, " |\n");
}

static void append_options(struct sm_buf *out)
{
    sm_buf_append_text(
        out, "| option and file key | environment | takes | default | commands | meaning |\n"
             "| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < SM_OPTION_COUNT; i++)
        append_option_row(out, &sm_option_table[i]);
}

static void append_exit_codes(struct sm_buf *out)
{
    sm_buf_append_text(out, "| exit code | meaning |\n| --- | --- |\n");
#define EXIT_ROW(name, number, meaning) sm_buf_printf(out, "| %d | %s |\n", number, meaning);
    SM_EXIT_LIST(EXIT_ROW)
#undef EXIT_ROW
    sm_buf_append_text(
        out, "| 130, 143 | `run`: a second SIGINT or SIGTERM, half a second after the first or "
             "later, ended it at once |\n");
}

static void append_event_row(struct sm_buf *out, enum sm_event_type type)
{
    size_t count = 0;
    const struct sm_field *fields = sm_event_fields(type, &count);
    struct sm_buf words;

    sm_buf_init(&words, WORDS_SIZE_MAX);
    sm_buf_printf(out, "| `%s` | ", sm_event_type_name(type));
    sm__words_of_type(type, out);
    sm_buf_append_text(out, " | ");
    for (size_t i = 0; i < count; i++) {
        const char *mark = fields[i].required ? "**" : "";

        sm_buf_reset(&words);
        sm__words_of_field(type, &fields[i], "`", &words);
        sm_buf_printf(out, "%s%s`%s`%s: ", i == 0 ? "" : "<br>", mark, fields[i].name, mark);
        append_cell(out, words.data);
    }
    sm_buf_append_text(out, count == 0 ? "none |\n" : " |\n");
    sm_buf_deinit(&words);
}

static void append_events(struct sm_buf *out)
{
    sm_buf_append_text(out,
                       "| type | topic | fields of `data` (**required**) |\n| --- | --- | --- |\n");
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++)
        append_event_row(out, (enum sm_event_type)i);
}

static void append_references(struct sm_buf *out)
{
    sm_buf_append_text(out, "| field | in events | defined by | while it is not known |\n"
                            "| --- | --- | --- | --- |\n");
    for (unsigned i = 0; i < SM_REFERENCE_KIND_COUNT; i++) {
        enum sm_reference_kind kind = (enum sm_reference_kind)i;

        sm_buf_printf(out, "| `%s` | ", sm_reference_kind_name(kind));
        sm__words_of_referring(kind, "`", out);
        sm_buf_append_text(out, " | ");
        sm__words_of_defining(kind, "`", out);
        sm_buf_append_text(out, " | ");
        sm__words_of_unknown(kind, "`", out);
        sm_buf_append_text(out, " |\n");
    }
}

static void append_waits(struct sm_buf *out)
{
    sm_buf_append_text(out, "| `waits_for` | what that is | events that wait for it | let go by |\n"
                            "| --- | --- | --- | --- |\n");
    for (unsigned i = 0; i < SM_WAIT_COUNT; i++) {
        enum sm_wait_for what = (enum sm_wait_for)i;

        sm_buf_printf(out, "| `%s` | %s | ", sm_wait_name(what), sm_wait_words(what));
        sm__words_of_waiting(what, "`", out);
        sm_buf_append_text(out, " | ");
        sm__words_of_opening(what, "`", out);
        sm_buf_append_text(out, " |\n");
    }
}

static void append_configs(struct sm_buf *out)
{
    size_t count = 0;
    const struct sm_config_rules *types = sm_config_rules(&count);

    sm_buf_append_text(
        out, "| feature_type | keys of `config` (**required**; others are kept as they are) |\n"
             "| --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        sm_buf_printf(out, "| `%s` | ", types[i].feature_type);
        for (size_t k = 0; k < types[i].count; k++) {
            const struct sm_config_rule *rule = &types[i].rules[k];
            const char *mark = rule->required ? "**" : "";

            sm_buf_printf(out, "%s%s`%s`%s: %s", k == 0 ? "" : "<br>", mark, rule->key, mark,
                          sm_config_type_expected(rule->type));
        }
        sm_buf_append_text(out, " |\n");
    }
}

static void append_codes(struct sm_buf *out)
{
    sm_buf_append_text(out, "| code | meaning |\n| --- | --- |\n");
    for (unsigned i = SM_CODE_NONE + 1; i < SM_REJECTION_COUNT; i++)
        sm_buf_printf(out, "| `%s` | %s |\n", sm_rejection_code_name((enum sm_rejection_code)i),
                      sm_rejection_code_meaning((enum sm_rejection_code)i));
}

bool sm_help_markdown(const char *subject, struct sm_buf *out)
{
    static const struct {
        const char *subject;
        void (*append)(struct sm_buf *out);
    } tables[] = {{"options", append_options},
                  {"exit-codes", append_exit_codes},
                  {"events", append_events},
                  {"references", append_references},
                  {"waits", append_waits},
                  {"configs", append_configs},
                  {"codes", append_codes}};
    bool found = false;

    for (size_t i = 0; i < SM_ARRAY_COUNT(tables); i++) {
        if (subject != NULL && strcmp(tables[i].subject, subject) != 0)
            continue;
        if (subject == NULL)
            sm_buf_printf(out, "%s## %s\n\n", found ? "\n" : "", tables[i].subject);
        tables[i].append(out);
        found = true;
    }
    return found;
}
