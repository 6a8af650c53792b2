/* The program: finds the command, reads its options, runs it. The only place that exits. */
#include <signal.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"

static int usage_error(const char *text)
{
    (void)fprintf(stderr, "secretmagic: %s\n", text);
    return SM_EXIT_USAGE;
}

static int no_command(void)
{
    struct sm_buf out;

    sm_buf_init(&out, SM_HELP_SIZE_MAX);
    sm_help_overview(&out);
    (void)fputs(out.data, stderr);
    sm_buf_deinit(&out);
    return SM_EXIT_USAGE;
}

/* The two spellings that every program is asked with. */
static const char *command_word(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return sm_command_name(SM_COMMAND_HELP);
    if (strcmp(word, "--version") == 0)
        return sm_command_name(SM_COMMAND_VERSION);
    return word;
}

static int run_command(const struct sm_options *options)
{
    struct sm_buf out;

    if (!sm_options_flag(options, SM_OPTION_HELP)) {
        sm_log_level_set((enum sm_log_level)sm_options_number(options, SM_OPTION_LOG_LEVEL));
        return sm_command_table[options->command].run(options);
    }
    sm_buf_init(&out, SM_HELP_SIZE_MAX);
    sm_help_command(options->command, &out);
    (void)fputs(out.data, stdout);
    sm_buf_deinit(&out);
    return SM_EXIT_OK;
}

/* What was printed must have arrived: a full disk behind `> file` is a failure like any other. */
static int finish_output(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return code;
    (void)fprintf(stderr, "secretmagic: standard output could not be written\n");
    return code == SM_EXIT_OK ? SM_EXIT_FAILED : code;
}

int main(int argc, char **argv)
{
    struct sm_err err = {.text = ""};
    struct sm_options options;
    enum sm_command command;
    int code;

    (void)signal(SIGPIPE,
                 SIG_IGN); /* a closed pipe is an error of the write, told by finish_output */
    if (argc < 2)
        return no_command();
    if (!sm_command_find(command_word(argv[1]), &command)) {
        (void)fprintf(stderr,
                      "secretmagic: there is no command \"%.60s\"; hint: secretmagic help\n",
                      argv[1]);
        return SM_EXIT_USAGE;
    }
    if (sm_options_read(&options, command, argc - 2, argv + 2, environ, &err) != SM_OK)
        return usage_error(err.text);
    code = finish_output(run_command(&options));
    sm_options_deinit(&options);
    return code;
}
