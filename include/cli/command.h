#ifndef SM_CLI_COMMAND_H
#define SM_CLI_COMMAND_H
/* The commands of the program, and the exit codes that they share. */
#include "cli/options.h"

/* X(enumerator, number, meaning). An interface: scripts and supervisors test for them. */
#define SM_EXIT_LIST(X)                                                                            \
    X(SM_EXIT_OK, 0, "done; `verify`: everything is equal")                                        \
    X(SM_EXIT_DIFFERENT, 1,                                                                        \
      "`verify`, `replay rebuild --dry-run`: something differs; `emit`, `import`: at least one "   \
      "event "                                                                                     \
      "was refused; "                                                                              \
      "`dead-letters`, `parked expire`: not all of what was asked for is done; `schemas check`: "  \
      "not compatible; `lag --check`: warning")                                                    \
    X(SM_EXIT_USAGE, 2,                                                                            \
      "wrong option, value, file or argument: nothing was done; `verify`: could not tell; "        \
      "`lag --check`: critical")                                                                   \
    X(SM_EXIT_FAILED, 3,                                                                           \
      "could not be done: no connection, no permission, wrong schema; standard error tells why; "  \
      "`lag --check`: unknown")

enum sm_exit {
#define SM_EXIT_ENUM(name, number, meaning) name = (number),
    SM_EXIT_LIST(SM_EXIT_ENUM)
#undef SM_EXIT_ENUM
};
/* A second SIGTERM or SIGINT ends `run` at once with 128 + the signal's number, as a shell tells of
 * a process that died of it; PostgreSQL then undoes what was under way. */
#define SM_EXIT_SIGNAL(number) (128 + (number))

struct sm_command_info {
    const char *operand;     /* what follows the options in the usage line; "" if nothing */
    const char *summary;     /* one line, without the final stop */
    const char *description; /* sentences for --help */
    int (*run)(const struct sm_options *options); /* returns an exit code */
};
extern const struct sm_command_info sm_command_table[SM_COMMAND_COUNT];

int sm_command_run(const struct sm_options *options);
int sm_command_migrate(const struct sm_options *options);
int sm_command_emit(const struct sm_options *options);
int sm_command_status(const struct sm_options *options);
int sm_command_lag(const struct sm_options *options);
int sm_command_verify(const struct sm_options *options);
int sm_command_replay(const struct sm_options *options);
int sm_command_schemas(const struct sm_options *options);
int sm_command_parked(const struct sm_options *options);
int sm_command_dead_letters(const struct sm_options *options);
int sm_command_tenants(const struct sm_options *options);
int sm_command_erase_client(const struct sm_options *options);
int sm_command_import(const struct sm_options *options);
int sm_command_help(const struct sm_options *options);
int sm_command_version(const struct sm_options *options);

#define SM_HELP_SIZE_MAX (1 << 16) /* bytes; enough for any of these */

/* Append to `out` what `help`, `help COMMAND`, `help events`, `help --markdown SUBJECT` print. */
void sm_help_overview(struct sm_buf *out);
void sm_help_command(enum sm_command command, struct sm_buf *out);
void sm_help_events(struct sm_buf *out);
/* "options", "exit-codes", "events", "references", "waits", "configs" or "codes", or NULL for all
 * of them with headings; false for anything else. */
bool sm_help_markdown(const char *subject, struct sm_buf *out);
/* The manual page, in mdoc(7). */
void sm_help_man(struct sm_buf *out);
/* The script by which a shell completes our commands, options and values. */
void sm_help_completion(enum sm_shell shell, struct sm_buf *out);
#endif
