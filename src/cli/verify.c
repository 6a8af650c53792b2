/* `verify`: three questions, one answer. Are the tables what the log says? Do the books add up, by
 * SQL that counts the rows themselves? With --gaps: is there anything at offsets that we call gaps?
 */
#include <inttypes.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/text_table.h"
#include "cli/verify.h"
#include "postgres/checks.h"

#define OUTPUT_SIZE_MAX (64u << 20)
#define DIGEST_SHOWN    16 /* hexadecimal digits */

struct verify {
    struct sm__verify_out out;
    const struct sm_options *options;
    struct sm_verify_result result;
    struct sm__gaps gaps;
    struct sm__against against;
    bool with_gaps;
    bool content;
};

const char *sm__difference_words(enum sm_difference_kind kind)
{
    switch (kind) {
    case SM_DIFFERENCE_ROW_MISSING:
        return "row missing";
    case SM_DIFFERENCE_ROW_EXTRA:
        return "row extra";
    case SM_DIFFERENCE_COLUMN:
        return "column differs";
    case SM_DIFFERENCE_LOG:
        return "log damaged";
    case SM_DIFFERENCE_LEDGER:
        return "ledger wrong";
    }
    return "different";
}

/* How many differences of this subject were printed; counts this one in. */
static int64_t count_shown(struct sm__verify_out *out, const char *subject)
{
    size_t i = 0;

    while (i < out->subject_count && strcmp(out->subjects[i].name, subject) != 0)
        i++;
    SM_ASSERT(i < SM__VERIFY_SUBJECTS);
    if (i == out->subject_count)
        out->subjects[out->subject_count++].name = subject;
    return out->subjects[i].shown++;
}

static void report_difference(struct sm_report *report, const char *kind,
                              const struct sm_difference *difference)
{
    sm_report_open_row(report, "differences");
    sm_report_text(report, "table", difference->table);
    sm_report_text(report, "kind", kind);
    sm_report_text(report, "row", difference->row);
    sm_report_text(report, "column", difference->column[0] != '\0' ? difference->column : NULL);
    sm_report_text(report, "expected", difference->expected);
    sm_report_text(report, "found", difference->found);
    sm_report_close(report);
}

void sm__verify_tell(struct sm__verify_out *out, const char *kind,
                     const struct sm_difference *difference)
{
    bool has_column = difference->column[0] != '\0';

    out->differences++;
    if (count_shown(out, difference->table) >= out->shown_max)
        return;
    sm__progress_wipe(&out->progress);
    if (out->json)
        report_difference(out->report, kind, difference);
    else
        (void)printf("%s: %s: %s%s%s: expected %s, found %s\n", difference->table, kind,
                     difference->row, has_column ? ", " : "", difference->column,
                     difference->expected, difference->found);
}

static void take_difference(void *context, const struct sm_difference *difference)
{
    struct verify *verify = context;

    sm__verify_tell(&verify->out, sm__difference_words(difference->kind), difference);
}

static void take_progress(void *context, const char *stage, uint64_t rows)
{
    struct verify *verify = context;
    char text[96];

    (void)snprintf(text, sizeof(text), "%s: %" PRIu64 " rows", stage, rows);
    sm__progress_show(&verify->out.progress, 0, text);
}

/* The check's name is the subject: it is the file of sql/checks to look into. */
static void take_finding(void *context, const struct sm_postgres_finding *finding)
{
    struct sm_difference difference = {.kind = SM_DIFFERENCE_LEDGER, .table = finding->check};

    (void)snprintf(difference.row, sizeof(difference.row), "%s %s", finding->table, finding->row);
    (void)snprintf(difference.column, sizeof(difference.column), "%s", finding->column);
    (void)snprintf(difference.expected, sizeof(difference.expected), "%s", finding->expected);
    (void)snprintf(difference.found, sizeof(difference.found), "%s", finding->found);
    sm__verify_tell(context, "check failed", &difference);
}

static void take_ledger(void *context, const struct sm_log_position *at,
                        const struct sm_digest *digest)
{
    struct verify *verify = context;

    sm__against_row(&verify->against, at, digest);
}

static enum sm_status verify_all(struct verify *verify, struct sm__wire *wire, struct sm_err *err)
{
    const char *against = sm_options_text(verify->options, SM_OPTION_AGAINST);
    const struct sm_verify_sink sink = {.context = verify,
                                        .difference = take_difference,
                                        .progress = take_progress,
                                        .ledger = against != NULL ? take_ledger : NULL};
    const struct sm_postgres_check_sink checks = {&verify->out, take_finding};
    struct sm_log *log;
    enum sm_status status = sm__wire_log(wire, &log, err);

    if (status != SM_OK)
        return status;
    if (against != NULL)
        status = sm__against_open(against, log, &verify->out, &verify->against, err);
    if (status == SM_OK)
        status = sm_verify(log, &sink, &verify->result, err);
    if (status == SM_OK && against != NULL)
        sm__against_end(&verify->against);
    if (status == SM_OK)
        status = sm__wire_checks(wire, &checks, err);
    if (status == SM_OK && verify->with_gaps)
        status = sm__gaps_read(wire, log, &verify->out, &verify->gaps, err);
    log->ops->close(log);
    return status;
}

/* What the answers so far come to. */
static int verdict(const struct verify *verify, enum sm_status status)
{
    /* A difference stays one, whatever could not be read after it. */
    if (verify->out.differences > 0)
        return SM_EXIT_DIFFERENT;
    return status != SM_OK || verify->gaps.gone > 0 ? SM_EXIT_USAGE : SM_EXIT_OK;
}

static const char *verdict_word(int code)
{
    return code == SM_EXIT_OK          ? "equal"
           : code == SM_EXIT_DIFFERENT ? "different"
                                       : "could not tell";
}

/* People compare the beginning; --json has all of it. */
static void add_digest(struct sm__text_table *table, const struct sm_digest *digest)
{
    char text[2 * SM_DIGEST_SIZE + 1];

    sm_digest_format(digest, text);
    text[DIGEST_SHOWN] = '\0';
    sm__table_text(table, text);
}

static void print_tables(const struct verify *verify)
{
    struct sm__text_table table;
    struct sm_buf out;

    sm__table_init(&table, 5);
    sm__table_text(&table, "table");
    sm__table_heading(&table, "rows", true);
    sm__table_heading(&table, "differences", true);
    sm__table_text(&table, "digest by the log");
    sm__table_text(&table, "digest of the table");
    for (size_t i = 0; i < SM_VERIFY_TABLES; i++) {
        const struct sm_table_result *result = &verify->result.tables[i];

        sm__table_text(&table, result->table);
        sm__table_number(&table, (int64_t)result->rows);
        sm__table_number(&table, (int64_t)result->differences);
        add_digest(&table, &result->expected);
        add_digest(&table, &result->found);
    }
    sm_buf_init(&out, OUTPUT_SIZE_MAX);
    if (sm__table_append(&table, &out))
        (void)fputs(out.data, stdout);
    sm_buf_deinit(&out);
    sm__table_deinit(&table);
}

void sm__digest_speak(const struct sm_digest *digest, char out[SM__SPOKEN_SIZE])
{
    char text[2 * SM_DIGEST_SIZE + 1];
    size_t at = 0;

    sm_digest_format(digest, text);
    for (size_t i = 0; i < SM_DIGEST_SIZE; i++) {
        if (i != 0 && i % 4 == 0)
            out[at++] = ' ';
        out[at++] = text[i];
    }
    out[at] = '\0';
}

static uint64_t event_count(const struct sm_verify_result *result)
{
    for (size_t i = 0; i < SM_VERIFY_TABLES; i++) {
        if (strcmp(result->tables[i].table, "events") == 0)
            return result->tables[i].rows;
    }
    return 0;
}

static void print_content(const struct sm_verify_result *result)
{
    char spoken[SM__SPOKEN_SIZE];

    sm__digest_speak(&result->content, spoken);
    (void)printf("content: %" PRIu64 " events, %s\n", event_count(result), spoken);
}

static void print_gaps(const struct sm__gaps *gaps)
{
    (void)printf("gaps: %" PRIu64 " ranges with %" PRIu64 " offsets read again: %" PRIu64
                 " aborted records, %" PRIu64 " records never seen, %" PRIu64
                 " ranges that Kafka no longer has\n",
                 gaps->ranges, gaps->offsets, gaps->aborted, gaps->unseen, gaps->gone);
}

static void print_text(const struct verify *verify, enum sm_status status, int code)
{
    if (status == SM_OK && verify->content)
        print_content(&verify->result);
    else if (status == SM_OK)
        print_tables(verify);
    if (status == SM_OK && verify->with_gaps)
        print_gaps(&verify->gaps);
    if (verify->content && code == SM_EXIT_OK)
        return; /* one line */
    (void)printf("%s: %" PRIu64 " differences%s\n", verdict_word(code), verify->out.differences,
                 status == SM_OK ? "" : " in what could be read");
}

static void report_content(struct sm_report *report, const struct sm_verify_result *result)
{
    char digest[2 * SM_DIGEST_SIZE + 1];

    sm_digest_format(&result->content, digest);
    sm_report_open(report, "content");
    sm_report_number(report, "events", (int64_t)event_count(result));
    sm_report_text(report, "digest", digest);
    sm_report_close(report);
}

static void report_tables(struct sm_report *report, const struct sm_verify_result *result)
{
    char digest[2 * SM_DIGEST_SIZE + 1];

    sm_report_array(report, "tables");
    for (size_t i = 0; i < SM_VERIFY_TABLES; i++) {
        sm_report_open_row(report, "tables");
        sm_report_text(report, "table", result->tables[i].table);
        sm_report_number(report, "rows", (int64_t)result->tables[i].rows);
        sm_report_number(report, "differences", (int64_t)result->tables[i].differences);
        sm_digest_format(&result->tables[i].expected, digest);
        sm_report_text(report, "expected", digest);
        sm_digest_format(&result->tables[i].found, digest);
        sm_report_text(report, "found", digest);
        sm_report_close(report);
    }
}

static void report_gaps(struct sm_report *report, const struct sm__gaps *gaps)
{
    sm_report_open(report, "gaps");
    sm_report_number(report, "ranges", (int64_t)gaps->ranges);
    sm_report_number(report, "offsets", (int64_t)gaps->offsets);
    sm_report_number(report, "aborted", (int64_t)gaps->aborted);
    sm_report_number(report, "unseen", (int64_t)gaps->unseen);
    sm_report_number(report, "gone", (int64_t)gaps->gone);
    sm_report_close(report);
}

static enum sm_status print_json(struct verify *verify, enum sm_status status, int code,
                                 struct sm_err *err)
{
    struct sm_report *report = verify->out.report;

    sm_report_text(report, "verdict", verdict_word(code));
    sm_report_number(report, "difference_count", (int64_t)verify->out.differences);
    sm_report_text(report, "error", status == SM_OK ? NULL : err->text);
    if (status == SM_OK) {
        report_content(report, &verify->result);
        report_tables(report, &verify->result);
        if (verify->with_gaps)
            report_gaps(report, &verify->gaps);
    }
    return sm__print_report(report, OUTPUT_SIZE_MAX, err);
}

int sm_command_verify(const struct sm_options *options)
{
    struct verify verify = {
        .out = {.json = sm_options_flag(options, SM_OPTION_JSON),
                .shown_max = sm_options_number(options, SM_OPTION_DIFFERENCES)},
        .options = options,
        .with_gaps = sm_options_flag(options, SM_OPTION_GAPS),
        .content = sm_options_flag(options, SM_OPTION_CONTENT),
    };
    struct sm_err err = {.text = ""};
    struct sm__wire *wire = NULL;
    enum sm_status status;
    int code;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    if (sm_options_flag(options, SM_OPTION_HEAD)) {
        code = sm__verify_print_head(wire, verify.out.json);
        sm__wire_close(wire);
        return code;
    }
    if (verify.out.json)
        verify.out.report = sm_report_create();
    sm_report_array(verify.out.report, "differences");
    sm__progress_init(&verify.out.progress, 0);
    status = verify_all(&verify, wire, &err);
    sm__progress_wipe(&verify.out.progress);
    code = verdict(&verify, status);
    if (!verify.out.json)
        print_text(&verify, status, code);
    else if (print_json(&verify, status, code, &err) != SM_OK) {
        status = SM_FATAL;
        code = verdict(&verify, status);
    }
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    sm__against_close(&verify.against);
    sm_report_destroy(verify.out.report);
    sm__wire_close(wire);
    return code;
}
