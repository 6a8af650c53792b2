/* `version`: what runs here, by the libraries that are loaded, not those that were compiled
 * against, where they tell. */
#include "base/version.h"
#include "cli/command.h"
#include "codec/report.h"
#include "http/server.h"
#include "kafka/client.h"
#include "postgres/version.h"
#include "registry/client.h"

#define OUTPUT_SIZE_MAX 4096

#define LIBRARIES 7

struct library {
    const char *name;
    const char *version;
    const char *remark; /* for people; NULL: none */
};

static void look(struct library libraries[LIBRARIES], char postgres[SM_POSTGRES_VERSION_SIZE])
{
    sm_postgres_library_version(postgres);
    libraries[0] = (struct library){"librdkafka", sm_kafka_library_version(), NULL};
    libraries[1] = (struct library){"libpq", postgres, NULL};
    libraries[2] = (struct library){"openssl", sm_openssl_version(), NULL};
    libraries[3] = (struct library){"jansson", sm_report_library_version(), NULL};
    libraries[4] = (struct library){"libcurl", sm_curl_library_version(), NULL};
    libraries[5] = (struct library){"libmicrohttpd", sm_http_library_version(), NULL};
    /* avro-c has no way to ask it. */
    libraries[6] = (struct library){"avro-c", SM_AVRO_C_VERSION, "when built"};
}

static bool append_json(const struct library libraries[LIBRARIES], struct sm_buf *out)
{
    struct sm_report *report = sm_report_create();
    bool printed;

    sm_report_text(report, "secretmagic", SM_VERSION);
    for (size_t i = 0; i < LIBRARIES; i++)
        sm_report_text(report, libraries[i].name, libraries[i].version);
    printed = sm_report_print(report, out);
    sm_report_destroy(report);
    return printed;
}

static bool append_text(const struct library libraries[LIBRARIES], struct sm_buf *out)
{
    sm_buf_printf(out, "secretmagic %s\n", SM_VERSION);
    for (size_t i = 0; i < LIBRARIES; i++)
        sm_buf_printf(out, "%s %s%s%s%s\n", libraries[i].name, libraries[i].version,
                      libraries[i].remark != NULL ? " (" : "",
                      libraries[i].remark != NULL ? libraries[i].remark : "",
                      libraries[i].remark != NULL ? ")" : "");
    return !sm_buf_failed(out);
}

int sm_command_version(const struct sm_options *options)
{
    bool json = sm_options_flag(options, SM_OPTION_JSON);
    char postgres[SM_POSTGRES_VERSION_SIZE];
    struct library libraries[LIBRARIES];
    struct sm_buf out;
    bool appended;

    look(libraries, postgres);
    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    appended = json ? append_json(libraries, &out) : append_text(libraries, &out);
    if (appended)
        (void)fputs(out.data, stdout);
    sm_buf_deinit(&out);
    return appended ? SM_EXIT_OK : SM_EXIT_FAILED;
}
