/* `replay rebuild` and `replay clean`: tables made what the log says, and what one that was given
 * up has left. */
#include <inttypes.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/operand.h"
#include "cli/replay.h"
#include "cli/verify.h"
#include "engine/rebuild.h"
#include "postgres/tenants.h"

struct rebuild {
    struct sm__verify_out out;
    const struct sm_options *options;
    struct sm__wire *wire;
    struct sm_log *log;
    struct sm_repair *repair;
    struct sm_uuid client;
    struct sm_rebuild_scope scope;
    struct sm_repair_author author;
    struct sm_rebuild_result result;
    int64_t started_us, told_us; /* monotonic */
    bool dry;
};

/* ---- scope ---- */

static enum sm_status scope_of_table(const char *table, struct sm_rebuild_scope *out,
                                     struct sm_err *err)
{
    static const struct {
        const char *name, *why;
    } others[] = {
        {"events", "is the log, which everything else follows"},
        {"ingest_ledger", "is a part of the log"},
        {"processing_logs", "holds what it was told, and follows from nothing else"},
        {"dead_letters", "holds what it was told, and follows from nothing else"},
        {"tenants", "cannot be rebuilt without clients: one stream makes both; hint: "
                    "--table clients"},
        {"client_due", "follows clients, batches and schedules; hint: SELECT "
                       "secretmagic_due_again()"},
        {"feature_configs", "is a view of the log; hint: --table heads"},
        {"bom_configs", "is a view of the log; hint: --table heads"},
        {"client_processing_schedule", "is a view of the log; hint: --table heads"},
        {"scheduler_config", "is a view of the log; hint: --table heads"},
        {"audit_log", "is a view of the log"},
    };

    if (sm_rebuild_scope_table(table, out))
        return SM_OK;
    for (size_t i = 0; i < SM_ARRAY_COUNT(others); i++) {
        if (strcmp(table, others[i].name) == 0)
            return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                              "option --table has the value '%s', which %s", table, others[i].why);
    }
    return sm__operand_wrong(err, "option --table", table,
                             "heads, clients, batches, bom_explosion_status, feature_metadata, "
                             "data_types or feature_types");
}

static enum sm_status read_streams(struct rebuild *rebuild, struct sm_err *err)
{
    const char *table = sm_options_text(rebuild->options, SM_OPTION_TABLE);
    const char *type = sm_options_text(rebuild->options, SM_OPTION_TYPE);
    enum sm_event_type found;

    sm_rebuild_scope_all(&rebuild->scope);
    if (table != NULL && type != NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "options --table and --type were both given; hint: a type of event "
                          "belongs to one table");
    if (table != NULL)
        return scope_of_table(table, &rebuild->scope, err);
    if (type == NULL)
        return SM_OK;
    if (!sm_event_type_find(sm_slice_of(type), &found) ||
        sm_event_type_kind(found) == SM_KIND_LOG)
        return sm__operand_wrong(err, "option --type", type,
                                 "a type of events that makes state; hint: secretmagic help "
                                 "events");
    sm_rebuild_scope_type(found, &rebuild->scope);
    return SM_OK;
}

struct organization {
    struct sm_uuid *client;
    int count;
};

static void take_tenant(void *context, const struct sm_tenant_view *tenant)
{
    struct organization *organization = context;

    *organization->client = tenant->client_id;
    organization->count++;
}

static enum sm_status read_client(struct rebuild *rebuild, struct sm_err *err)
{
    const char *name = sm_options_text(rebuild->options, SM_OPTION_ORG);
    struct organization found = {&rebuild->client, 0};
    const struct sm_tenants_sink sink = {.context = &found, .tenant = take_tenant};
    const struct sm_tenants_filter filter = {.organization_id = name};
    enum sm_status status =
        sm__operand_client(rebuild->options, &rebuild->client, &rebuild->scope.client, err);

    if (status != SM_OK || name == NULL)
        return status;
    if (rebuild->scope.client != NULL)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "options --client and --org were both given");
    status = sm_postgres_tenants_list(sm__wire_database(rebuild->wire), &filter, &sink, err);
    if (status == SM_OK && found.count != 1)
        return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                          "the table clients has %d rows with the organization id '%s'; hint: name "
                          "the client: --client",
                          found.count, name);
    rebuild->scope.client = &rebuild->client;
    return status;
}

/* ---- what is told ---- */

static void take_difference(void *context, const struct sm_difference *difference)
{
    struct rebuild *rebuild = context;

    sm__verify_tell(&rebuild->out, sm__difference_words(difference->kind), difference);
}

/* A line a time on a terminal; elsewhere one every ten seconds. */
static void take_progress(void *context, const char *stage, uint64_t rows)
{
    struct rebuild *rebuild = context;
    int64_t now = sm_monotonic_us(), passed = now - rebuild->started_us;
    double rate = passed > 0 ? (double)rows * 1e6 / (double)passed : 0;
    char text[96];

    (void)snprintf(text, sizeof(text), "%s: %" PRIu64 " rows, %.0f a second", stage, rows, rate);
    if (rebuild->out.progress.shown) {
        sm__progress_show(&rebuild->out.progress, 0, text);
    } else if (now - rebuild->told_us >= 10000000) {
        rebuild->told_us = now;
        (void)fprintf(stderr, "secretmagic: %s\n", text);
    }
}

static void print_found(const struct rebuild *rebuild)
{
    const struct sm_rebuild_result *result = &rebuild->result;

    if (result->resumed)
        (void)printf("went on with a rebuild that was interrupted: what it had found is kept\n");
    (void)printf("looked at %" PRIu64 " events: %" PRIu64 " differences\n",
                 result->looked.tables[0].rows, rebuild->out.differences);
    if (result->again > 0)
        (void)printf("looked again at %" PRIu64 " clients that went on meanwhile\n", result->again);
}

static void print_applied(const struct sm_repair_result *repair)
{
    for (size_t i = 0; i < repair->table_count; i++) {
        const struct sm_repaired *table = &repair->tables[i];

        if (table->written != 0 || table->removed != 0)
            (void)printf("%s: %" PRId64 " rows written, %" PRId64 " removed\n", table->table,
                         table->written, table->removed);
    }
    (void)printf("repair %" PRId64 ": writers were waited for %.1f ms, and kept waiting %.1f ms\n",
                 repair->id, (double)repair->waited_us / 1000, (double)repair->locked_us / 1000);
}

/* ---- the command ---- */

static enum sm_status open_all(struct rebuild *rebuild, struct sm_err *err)
{
    enum sm_status status = read_streams(rebuild, err);

    if (status == SM_OK && !rebuild->dry)
        status = sm__operand_actor(rebuild->options, &rebuild->author.actor, err);
    rebuild->author.reason = sm_options_text(rebuild->options, SM_OPTION_REASON);
    rebuild->author.program = SM_VERSION;
    if (status == SM_OK)
        status = read_client(rebuild, err);
    if (status == SM_OK)
        status = sm__wire_log(rebuild->wire, &rebuild->log, err);
    if (status == SM_OK)
        status = sm__wire_repair(rebuild->wire, &rebuild->repair, err);
    return status;
}

static enum sm_status run(struct rebuild *rebuild, struct sm_err *err)
{
    const struct sm_verify_sink sink = {
        .context = rebuild, .difference = take_difference, .progress = take_progress};
    struct sm_rebuild_result *result = &rebuild->result;
    enum sm_status status =
        sm_rebuild_find(rebuild->log, rebuild->repair, &rebuild->scope, &sink, result, err);

    sm__progress_wipe(&rebuild->out.progress);
    if (status != SM_OK)
        return status;
    print_found(rebuild);
    if (result->anything && !rebuild->dry) {
        status = sm_rebuild_apply(rebuild->log, rebuild->repair, &rebuild->scope, &rebuild->author,
                                  &sink, result, err);
        if (status == SM_OK)
            print_applied(&result->repair);
        return status;
    }
    (void)printf(result->anything ? "nothing was changed\n" : "there is nothing to rebuild\n");
    return rebuild->repair->ops->discard(rebuild->repair, err);
}

static void close_all(struct rebuild *rebuild)
{
    if (rebuild->repair != NULL)
        rebuild->repair->ops->close(rebuild->repair);
    if (rebuild->log != NULL)
        rebuild->log->ops->close(rebuild->log);
    sm__wire_close(rebuild->wire);
}

static int exit_code(enum sm_status status, const struct sm_err *err)
{
    if (status == SM_OK)
        return SM_EXIT_OK;
    (void)fprintf(stderr, "secretmagic: %s\n", err->text);
    return status == SM_REJECT ? SM_EXIT_USAGE : SM_EXIT_FAILED;
}

int sm__replay_rebuild(const struct sm_options *options)
{
    struct rebuild rebuild = {
        .out = {.shown_max = sm_options_number(options, SM_OPTION_DIFFERENCES)},
        .options = options,
        .dry = sm_options_flag(options, SM_OPTION_DRY_RUN),
        .started_us = sm_monotonic_us(),
    };
    struct sm_err err = {.text = ""};
    enum sm_status status;

    if (sm__wire_open(options, &rebuild.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    rebuild.told_us = rebuild.started_us;
    sm__progress_init(&rebuild.out.progress, 0);
    status = open_all(&rebuild, &err);
    if (status == SM_OK)
        status = run(&rebuild, &err);
    close_all(&rebuild);
    if (status == SM_OK && rebuild.dry && rebuild.result.anything)
        return SM_EXIT_DIFFERENT;
    return exit_code(status, &err);
}

int sm__replay_clean(const struct sm_options *options)
{
    struct sm__wire *wire = NULL;
    struct sm_repair *repair = NULL;
    struct sm_err err = {.text = ""};
    enum sm_status status;

    if (sm__wire_open(options, &wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    status = sm__wire_repair(wire, &repair, &err);
    if (status == SM_OK) {
        status = repair->ops->discard(repair, &err);
        repair->ops->close(repair);
    }
    sm__wire_close(wire);
    if (status == SM_OK)
        (void)printf("nothing of a rebuild is left\n");
    return exit_code(status, &err);
}
