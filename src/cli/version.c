/* `version`: what runs here, by the libraries that are loaded, not those that were compiled against. */
#include "cli/command.h"
#include "cli/wire.h"
#include "codec/report.h"

#define OUTPUT_SIZE_MAX 4096

static const struct {
    const char *name;
    const char *(*version)(void);
} libraries[] = {
    { "librdkafka", sm__wire_kafka_version },
    { "libpq", sm__wire_postgres_version },
    { "openssl", sm_crypto_version },
    { "jansson", sm_report_library_version },
};

static bool append_json(struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    sm_report_text(report, "secretmagic", SM_VERSION);
    for (size_t i = 0; i < SM_ARRAY_COUNT(libraries); i++)
        sm_report_text(report, libraries[i].name, libraries[i].version());
    printed = sm_report_print(report, out);
    sm_report_destroy(report);
    return printed;
}

static bool append_text(struct sm_buf *out)
{
    sm_buf_printf(out, "secretmagic %s\n", SM_VERSION);
    for (size_t i = 0; i < SM_ARRAY_COUNT(libraries); i++)
        sm_buf_printf(out, "%s %s\n", libraries[i].name, libraries[i].version());
    return !sm_buf_failed(out);
}

int sm_command_version(const struct sm_options *options)
{
    bool json = sm_options_flag(options, SM_OPTION_JSON);
    struct sm_buf out;
    bool appended;

    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    appended = json ? append_json(&out) : append_text(&out);
    if (appended)
        (void)fputs(out.data, stdout);
    sm_buf_deinit(&out);
    return appended ? SM_EXIT_OK : SM_EXIT_FAILED;
}
