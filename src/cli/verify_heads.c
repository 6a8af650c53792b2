/* `verify --against` and `verify --head`: where the ledger's chains end, or ended. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/positions.h"
#include "cli/verify.h"

/* ---- --against ---- */

enum sm_status sm__against_open(const char *path, struct sm_log *log, struct sm__verify_out *out,
                                struct sm__against *against, struct sm_err *err)
{
    enum sm_status status = sm__heads_read(path, &against->heads, err);

    against->out = out;
    return status == SM_OK ? sm__topic_names_read(log, &against->names, err) : status;
}

static void tell(struct sm__against *against, const struct sm__head *head, const char *found)
{
    struct sm_difference difference = {.kind = SM_DIFFERENCE_LEDGER, .table = "ingest_ledger"};

    (void)snprintf(difference.row, sizeof(difference.row), "%.100s[%" PRId32 "] row %" PRId64,
                   head->topic, head->partition, head->seq);
    (void)snprintf(difference.column, sizeof(difference.column), "digest");
    (void)snprintf(difference.expected, sizeof(difference.expected), "%s, as it was kept",
                   head->digest);
    (void)snprintf(difference.found, sizeof(difference.found), "%s", found);
    sm__verify_tell(against->out, "chain made anew", &difference);
}

void sm__against_row(struct sm__against *against, const struct sm_log_position *at,
                     const struct sm_digest *digest)
{
    const char *topic = sm__topic_names_find(&against->names, at->topic_id);
    struct sm__head *head =
        topic == NULL ? NULL
                      : sm__heads_find(&against->heads, topic, at->partition, at->ledger_seq);
    char found[2 * SM_DIGEST_SIZE + 1];

    if (head == NULL)
        return;
    head->met = true;
    sm_digest_format(digest, found);
    if (strcmp(found, head->digest) != 0)
        tell(against, head, found);
}

void sm__against_end(struct sm__against *against)
{
    for (size_t i = 0; i < against->heads.count; i++) {
        const struct sm__head *head = &against->heads.list[i];
        bool again = i > 0 && strcmp(head[-1].topic, head->topic) == 0 &&
                     head[-1].partition == head->partition && head[-1].seq == head->seq;

        if (again && strcmp(head[-1].digest, head->digest) != 0)
            tell(against, head, head[-1].digest);
        else if (!again && !head->met)
            tell(against, head, "no row");
    }
}

void sm__against_close(struct sm__against *against)
{
    sm__heads_deinit(&against->heads);
    free(against->names.list);
}

/* ---- --head ---- */

static enum sm_status add_head(void *context, const struct sm_position_row *row,
                               struct sm_err *err)
{
    struct sm__head head = {.partition = row->partition, .seq = row->seq};

    (void)snprintf(head.topic, sizeof(head.topic), "%.*s", (int)row->topic.size,
                   (const char *)row->topic.data);
    sm_digest_format(&row->chain, head.digest);
    return sm__heads_add(context, &head) ? SM_OK : sm__out_of_memory(err);
}

static enum sm_status read_heads(struct sm_log *log, struct sm__heads *out, struct sm_err *err)
{
    enum sm_status status = sm__positions_read(log, add_head, out, err);

    sm__heads_sort(out);
    return status;
}

static int64_t digest_of(const struct sm__heads *heads, struct sm_digest *out)
{
    struct sm_sha256 hash;
    int64_t rows = 0;

    sm_sha256_init(&hash);
    for (size_t i = 0; i < heads->count; i++) {
        const struct sm__head *head = &heads->list[i];

        sm_sha256_add_slice(&hash, sm_slice_of(head->topic));
        sm_sha256_add_i64(&hash, head->partition);
        sm_sha256_add_i64(&hash, head->seq);
        sm_sha256_add_slice(&hash, sm_slice_of(head->digest));
        rows += head->seq;
    }
    sm_sha256_end(&hash, out);
    return rows;
}

static enum sm_status print(const struct sm__heads *heads, bool json, struct sm_err *err)
{
    char spoken[SM__SPOKEN_SIZE], text[2 * SM_DIGEST_SIZE + 1];
    struct sm_report *report;
    struct sm_digest digest;
    int64_t rows = digest_of(heads, &digest);
    enum sm_status status;

    if (!json) {
        sm__digest_speak(&digest, spoken);
        (void)printf("head: %" PRId64 " rows of %zu partitions, %s\n", rows, heads->count, spoken);
        return SM_OK;
    }
    report = sm_report_create();
    sm_digest_format(&digest, text);
    sm_report_number(report, "rows", rows);
    sm_report_number(report, "partitions", (int64_t)heads->count);
    sm_report_text(report, "digest", text);
    status = sm__print_report(report, 1u << 16, err);
    sm_report_destroy(report);
    return status;
}

int sm__verify_print_head(struct sm__wire *wire, bool json)
{
    struct sm__heads heads = {0};
    struct sm_err err = {.text = ""};
    struct sm_log *log = NULL;
    enum sm_status status = sm__wire_log(wire, &log, &err);

    if (status == SM_OK) {
        status = read_heads(log, &heads, &err);
        log->ops->close(log);
    }
    if (status == SM_OK)
        status = print(&heads, json, &err);
    sm__heads_deinit(&heads);
    if (status == SM_OK)
        return SM_EXIT_OK;
    (void)fprintf(stderr, "secretmagic: %s\n", err.text);
    return SM_EXIT_USAGE;
}
