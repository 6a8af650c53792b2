/* Reading all options of a command: defaults, file, environment, flags, in this order. */
#include "cli/cli_priv.h"

static enum sm_status read_defaults(struct sm_options *options, struct sm_err *err)
{
    const struct sm__place place = {.origin = SM_BY_DEFAULT};
    enum sm_status status = SM_OK;

    for (size_t i = 0; status == SM_OK && i < SM_OPTION_COUNT; i++) {
        if (sm_option_table[i].fallback != NULL)
            status = sm__option_set(options, &sm_option_table[i], sm_option_table[i].fallback,
                                    &place, err);
    }
    return status;
}

/* The file is the weakest after the defaults, but which one it is only stronger ones tell. */
static enum sm_status read_all(struct sm_options *options, int argc, char *const *argv,
                               char *const *environment, struct sm_err *err)
{
    const struct sm_option *config = &sm_option_table[SM_OPTION_CONFIG];
    enum sm_status status = read_defaults(options, err);

    if (status == SM_OK && (config->commands & (1u << options->command)) != 0) {
        status = sm__environment_read(options, environment, config, err);
        if (status == SM_OK)
            status = sm__flags_read(options, argc, argv, config, err);
        if (status == SM_OK && sm_options_text(options, SM_OPTION_CONFIG) != NULL)
            status = sm__config_file_read(options, sm_options_text(options, SM_OPTION_CONFIG), err);
        if (status == SM_OK)
            status = sm__environment_read(options, environment, NULL, err);
    }
    if (status == SM_OK)
        status = sm__flags_read(options, argc, argv, NULL, err);
    return status;
}

enum sm_status sm_options_read(struct sm_options *out, enum sm_command command, int argc,
                               char *const *argv, char *const *environment, struct sm_err *err)
{
    enum sm_status status;

    *out = (struct sm_options){.command = command};
    if (sm__flags_want_help(argc, argv)) {
        out->values[SM_OPTION_HELP].number = 1;
        return SM_OK;
    }
    status = read_all(out, argc, argv, environment, err);
    if (status != SM_OK)
        sm_options_deinit(out);
    return status;
}

void sm_options_deinit(struct sm_options *options)
{
    free(options->owned[0]);
    free(options->owned[1]);
    memset(options, 0, sizeof(*options));
}
