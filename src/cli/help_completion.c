/* Completion scripts for shells, from the tables that the program works by. */
#include <ctype.h>

#include "cli/cli_priv.h"
#include "cli/command.h"

/* ---- what may follow a command, from its usage line: " list|show|expire [ID]" ---- */

/* A word in capitals stands for something: COMMAND for every command, FILE for a file; what the
 * others stand for a shell cannot know. */
static void append_operand(struct sm_buf *words, const char *word, size_t size)
{
    if (islower((unsigned char)word[0])) {
        sm_buf_printf(words, " %.*s", (int)size, word);
    } else if (size == 7 && memcmp(word, "COMMAND", size) == 0) {
        for (unsigned i = 0; i < SM_COMMAND_COUNT; i++)
            sm_buf_printf(words, " %s", sm_command_name((enum sm_command)i));
    }
}

static void append_operands(struct sm_buf *words, const char *operand)
{
    static const char separators[] = " []|";

    while (*(operand += strspn(operand, separators)) != '\0') {
        size_t size = strcspn(operand, separators);

        append_operand(words, operand, size);
        operand += size;
    }
}

static bool takes_file(enum sm_command command)
{
    return strstr(sm_command_table[command].operand, "FILE") != NULL;
}

static bool has_option(enum sm_command command, size_t option)
{
    return (sm_option_table[option].commands & (1u << command)) != 0;
}

static bool is_file(const struct sm_option *option)
{
    return option->value_name != NULL && strcmp(option->value_name, "FILE") == 0;
}

/* ---- bash ---- */

static void append_bash_commands(struct sm_buf *out)
{
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        enum sm_command command = (enum sm_command)i;

        sm_buf_printf(out, "        %s) words='", sm_command_name(command));
        for (size_t k = 0; k < SM_OPTION_COUNT; k++) {
            if (has_option(command, k))
                sm_buf_printf(out, "--%s ", sm_option_table[k].name);
        }
        sm_buf_append_text(out, "' operands='");
        append_operands(out, sm_command_table[i].operand);
        sm_buf_printf(out, "'%s ;;\n", takes_file(command) ? " files=yes" : "");
    }
}

static void append_bash_values(struct sm_buf *out)
{
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        const struct sm_option *option = &sm_option_table[i];

        if (option->type == SM_OPTION_BOOLEAN)
            continue;
        sm_buf_printf(out, "        --%s", option->name);
        if (option->letter != 0)
            sm_buf_printf(out, " | -%c", option->letter);
        sm_buf_append_text(out, ") value=yes choices='");
        for (size_t k = 0; option->choices != NULL && option->choices[k] != NULL; k++)
            sm_buf_printf(out, "%s ", option->choices[k]);
        sm_buf_printf(out, "'%s ;;\n", is_file(option) ? " files=yes" : "");
    }
}

static void append_bash(struct sm_buf *out)
{
    sm_buf_append_text(
        out, "# bash completion, made by `secretmagic help --completion bash`.\n"
             "_secretmagic() {\n"
             "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
             "    local words='' operands='' choices='' value='' files=''\n"
             "    # bash takes --name=value for three words.\n"
             "    [[ $cur != '=' ]] || cur=''\n"
             "    [[ $prev != '=' ]] || prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
             "    COMPREPLY=()\n"
             "    if ((COMP_CWORD == 1)); then\n"
             "        mapfile -t COMPREPLY < <(compgen -W '");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++)
        sm_buf_printf(out, "%s ", sm_command_name((enum sm_command)i));
    sm_buf_append_text(out, "' -- \"$cur\")\n"
                            "        return\n"
                            "    fi\n"
                            "    case $prev in\n");
    append_bash_values(out);
    sm_buf_append_text(out, "    esac\n"
                            "    if [[ ! $value ]]; then\n"
                            "        case ${COMP_WORDS[1]} in\n");
    append_bash_commands(out);
    sm_buf_append_text(
        out, "        esac\n"
             "        choices=$operands\n"
             "        [[ $cur != -* ]] || choices=$words\n"
             "    fi\n"
             "    mapfile -t COMPREPLY < <(compgen -W \"$choices\" ${files:+-f} -- \"$cur\")\n"
             "}\n"
             "complete -F _secretmagic secretmagic\n");
}

/* ---- zsh ---- */

/* Within quotes, and within brackets of a description. */
static void append_zsh_text(struct sm_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            sm_buf_append_text(out, "'\\''");
        else if (*text == '[' || *text == ']' || *text == ':')
            sm_buf_printf(out, "\\%c", *text);
        else if (*text != '`')
            sm_buf_append_byte(out, (uint8_t)*text);
    }
}

static void append_zsh_value(struct sm_buf *out, const struct sm_option *option)
{
    sm_buf_append_byte(out, ':');
    append_zsh_text(out, option->value_name);
    sm_buf_append_byte(out, ':');
    if (is_file(option))
        sm_buf_append_text(out, "_files");
    if (option->choices == NULL)
        return;
    for (size_t i = 0; option->choices[i] != NULL; i++)
        sm_buf_printf(out, "%s%s", i == 0 ? "(" : " ", option->choices[i]);
    sm_buf_append_byte(out, ')');
}

static void append_zsh_option(struct sm_buf *out, const struct sm_option *option)
{
    sm_buf_printf(out, "            '%s--%s%s[", option->type == SM_OPTION_PROPERTY ? "*" : "",
                  option->name, option->value_name != NULL ? "=" : "");
    append_zsh_text(out, option->help);
    sm_buf_append_byte(out, ']');
    if (option->value_name != NULL)
        append_zsh_value(out, option);
    sm_buf_append_text(out, "' \\\n");
}

static void append_zsh_command(struct sm_buf *out, enum sm_command command)
{
    sm_buf_printf(out, "    %s)\n        _arguments \\\n", sm_command_name(command));
    for (size_t i = 0; i < SM_OPTION_COUNT; i++) {
        if (has_option(command, i))
            append_zsh_option(out, &sm_option_table[i]);
    }
    sm_buf_append_text(out, "            '*:argument:");
    sm_buf_append_text(out, takes_file(command) ? "{_files; compadd --" : "(");
    append_operands(out, sm_command_table[command].operand);
    sm_buf_append_byte(out, takes_file(command) ? '}' : ')');
    sm_buf_append_text(out, "'\n        ;;\n");
}

static void append_zsh(struct sm_buf *out)
{
    sm_buf_append_text(out, "#compdef secretmagic\n"
                            "# zsh completion, made by `secretmagic help --completion zsh`.\n"
                            "local -a commands\n"
                            "commands=(\n");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        sm_buf_printf(out, "    '%s:", sm_command_name((enum sm_command)i));
        append_zsh_text(out, sm_command_table[i].summary);
        sm_buf_append_text(out, "'\n");
    }
    sm_buf_append_text(out, ")\n"
                            "if ((CURRENT == 2)); then\n"
                            "    _describe command commands\n"
                            "    return\n"
                            "fi\n"
                            "shift words\n"
                            "((CURRENT--))\n"
                            "case $words[1] in\n");
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++)
        append_zsh_command(out, (enum sm_command)i);
    sm_buf_append_text(out, "esac\n");
}

void sm_help_completion(enum sm_shell shell, struct sm_buf *out)
{
    if (shell == SM_SHELL_BASH)
        append_bash(out);
    else
        append_zsh(out);
}
