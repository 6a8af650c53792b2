#ifndef SM_CLI_OPTIONS_H
#define SM_CLI_OPTIONS_H
/* The one table of options, and reading them from flags, environment and a file.
 *
 * The table alone decides names, ranges and defaults; `--help`, the README's table and the checks
 * are made from it. An option NAME is the flag --NAME, the key NAME of the file that --config
 * names, and the environment variable SECRETMAGIC_NAME (upper case, '_' for '-'). Whatever comes
 * later in this list wins: default, file, environment, flag. Every value is checked, also one that
 * is overruled: a wrong file is wrong whoever overrules it today. */
#include "base/buf.h"
#include "base/err.h"
#include "cli/option_id.h"

enum sm_command {
    SM_COMMAND_RUN,
    SM_COMMAND_MIGRATE,
    SM_COMMAND_EMIT,
    SM_COMMAND_STATUS,
    SM_COMMAND_LAG,
    SM_COMMAND_VERIFY,
    SM_COMMAND_REPLAY,
    SM_COMMAND_SCHEMAS,
    SM_COMMAND_PARKED,
    SM_COMMAND_DEAD_LETTERS,
    SM_COMMAND_TENANTS,
    SM_COMMAND_ERASE_CLIENT,
    SM_COMMAND_IMPORT,
    SM_COMMAND_HELP,
    SM_COMMAND_VERSION,
    SM_COMMAND_COUNT
};
const char *sm_command_name(enum sm_command command);
bool sm_command_find(const char *name, enum sm_command *out);

enum sm_option_type {
    SM_OPTION_TEXT,
    SM_OPTION_CHOICE, /* one of `choices`; the number is its index */
    SM_OPTION_INTEGER,
    SM_OPTION_SIZE,     /* bytes; written with KiB, MiB, GiB or plain */
    SM_OPTION_DURATION, /* microseconds; written with ms, s, m, h or d */
    SM_OPTION_BOOLEAN,  /* a flag without a value; elsewhere true or false */
    SM_OPTION_PROPERTY  /* name=value; may be given many times, all of them count */
};

struct sm_option {
    const char *name;
    char letter; /* short form, or 0 */
    enum sm_option_type type;
    const char *value_name;     /* what --help calls the value; NULL for booleans */
    const char *fallback;       /* the default as one would write it; NULL: none */
    int64_t min, max;           /* of numbers in their unit; of text its bytes */
    const char *const *choices; /* NULL-terminated */
    const char *alphabet;       /* the only characters a text may have; NULL: any */
    const char *alphabet_words; /* the same in words, for errors */
    bool secret;                /* may hold a password: never printed as it is */
    unsigned commands;          /* bits 1 << enum sm_command: who takes it */
    const char *help;           /* sentence without the final stop */
};
/* Indexes of the choices of --on-lost, --only, --without and --completion. Those of --log-level are
 * enum sm_log_level. */
enum { SM_ON_LOST_STOP, SM_ON_LOST_CONTINUE };
enum { SM_ONLY_ALL, SM_ONLY_RELAY };
enum { SM_WITHOUT_NOTHING, SM_WITHOUT_RELAY };
enum sm_format { SM_FORMAT_AVRO, SM_FORMAT_SINGLE_OBJECT, SM_FORMAT_JSON };
enum sm_shell { SM_SHELL_BASH, SM_SHELL_ZSH };

/* The table, by enum sm_option_id. */
extern const struct sm_option sm_option_table[SM_OPTION_COUNT];

#define SM_PROPERTIES_MAX       64
#define SM_OPERANDS_MAX         2
#define SM_CONFIG_FILE_SIZE_MAX (1 << 20)

enum sm_option_origin { SM_BY_DEFAULT, SM_BY_FILE, SM_BY_ENVIRONMENT, SM_BY_FLAG };
struct sm_option_value {
    enum sm_option_origin origin;
    const char *text; /* NULL: none */
    int64_t number;   /* of all types but TEXT and PROPERTY */
};
struct sm_options {
    enum sm_command command;
    struct sm_option_value values[SM_OPTION_COUNT];
    const char *properties[SM_PROPERTIES_MAX]; /* "name=value", weakest origin first */
    size_t property_count;
    /* Of emit: a file; of help: its subject; of parked, dead-letters and tenants: what to do, and
     * with which one; of erase-client: the client; of schemas: what to do, and a file. */
    const char *operands[SM_OPERANDS_MAX]; /* NULL: none */
    char *owned[2];      /* what texts of the file and of the environment point into */
};

/* Reads all options of a command. `argv` begins after the command's name; it and `environment`
 * must live as long as `out`. With --help among the flags nothing else is looked at.
 * SM_OK: call sm_options_deinit when done. SM_FATAL: err says which option, value and range;
 * nothing is to be freed. */
SM_MUST_CHECK enum sm_status sm_options_read(struct sm_options *out, enum sm_command command,
                                             int argc, char *const *argv, char *const *environment,
                                             struct sm_err *err);
void sm_options_deinit(struct sm_options *options);

const char *sm_options_text(const struct sm_options *options, enum sm_option_id id);
int64_t sm_options_number(const struct sm_options *options, enum sm_option_id id);
bool sm_options_flag(const struct sm_options *options, enum sm_option_id id);
/* A duration as whole milliseconds, at most INT_MAX. */
int sm_options_ms(const struct sm_options *options, enum sm_option_id id);

#define SM_ENVIRONMENT_NAME_SIZE 64
void sm_option_environment_name(const struct sm_option *option, char out[SM_ENVIRONMENT_NAME_SIZE]);
/* Appends the values that are allowed, in words: "1 to 8", "stop or continue". */
void sm_option_append_range(const struct sm_option *option, struct sm_buf *out);
#endif
