#ifndef SM_CLI_CLI_PRIV_H
#define SM_CLI_CLI_PRIV_H
/* What the files of this layer share, apart from the commands' own headers. */
#include "cli/options.h"

#define SM__ENVIRONMENT_PREFIX "SECRETMAGIC_"

/* Where a value was written, for errors: "option --writers", "/etc/x.conf:3: key writers". */
struct sm__place {
    enum sm_option_origin origin;
    const char *file; /* of SM_BY_FILE */
    unsigned line;    /* of SM_BY_FILE, from 1 */
};

/* Checks `text` and stores it as the value of `option`. SM_OK or SM_FATAL. */
enum sm_status sm__option_set(struct sm_options *options, const struct sm_option *option,
                              const char *text, const struct sm__place *place, struct sm_err *err);
/* Any option by its long name, whichever command it is for; NULL if there is none. */
const struct sm_option *sm__option_find(const char *name, size_t size);
/* The option whose name is most like `name`, or NULL when none is near. */
const struct sm_option *sm__option_like(const char *name, size_t size);
/* Reads the file that --config names. Keys of other commands' options are checked and passed over.
 */
enum sm_status sm__config_file_read(struct sm_options *options, const char *path,
                                    struct sm_err *err);

/* Reads the environment; or, with `only` given, that option's variable alone. */
enum sm_status sm__environment_read(struct sm_options *options, char *const *environment,
                                    const struct sm_option *only, struct sm_err *err);
/* Reads all flags; or, with `only` given, that one alone, wherever it stands. */
enum sm_status sm__flags_read(struct sm_options *options, int argc, char *const *argv,
                              const struct sm_option *only, struct sm_err *err);
/* Help is given whatever else is wrong with the flags. */
bool sm__flags_want_help(int argc, char *const *argv);

/* A number with the unit it is written with, in the largest unit that loses nothing. */
void sm__option_append_number(enum sm_option_type type, int64_t number, struct sm_buf *out);
#endif
