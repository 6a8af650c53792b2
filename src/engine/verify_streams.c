/* The first half: folds the log stream by stream and holds heads and clients against it.
 *
 * Scans in one order, merged: events group by stream; where a group ends its head is compared, and
 * where it was a client's own stream, the client's row, or the stream's row in a table of its own
 * (verify_rows.c). Rows that no group claims are extra.
 *
 * It goes by ranges of clients, each in a snapshot of its own: log, heads and tables agree in each,
 * whatever is written meanwhile, and no snapshot is held for as long as the whole log takes, which
 * would keep vacuum from the heads. */
#include "engine/verify_priv.h"

#include <stdio.h>

struct streams {
    struct sm__verify *verify;
    struct sm__fold fold;
    struct sm__cursor events, heads, clients;
    struct sm__row_walk rows;
};

/* ---- digests of rows ---- */

static void add_head(struct sm_sha256 *hash, const struct sm_stream_name *name,
                     const struct sm_head *head)
{
    sm_sha256_add(hash, name->client_id.bytes, sizeof(name->client_id.bytes));
    sm_sha256_add_slice(hash, sm_slice_of(sm_kind_name(name->kind)));
    sm_sha256_add_slice(hash, name->key);
    sm_sha256_add_i64(hash, head->version);
    sm_sha256_add_i64(hash, head->last_at);
    sm_sha256_add_i64(hash, head->active_at);
}

static void add_client(struct sm_sha256 *hash, const struct sm_client *client)
{
    sm_sha256_add(hash, client->id.bytes, sizeof(client->id.bytes));
    sm_sha256_add_slice(hash, client->name);
    sm_sha256_add_slice(hash, client->organization_id);
    sm_sha256_add_slice(hash, sm_slice_of(sm_tenant_mode_name(client->tenant_mode)));
    sm_sha256_add_slice(hash, client->features_enabled);
    sm_sha256_add_i64(hash, client->config_confirmed);
    sm_sha256_add_i64(hash, client->config_confirmed_at);
    sm_sha256_add_slice(hash, client->config_confirmed_by);
    sm_sha256_add_slice(hash, client->contact_email);
    sm_sha256_add_slice(hash, client->contact_phone);
    sm_sha256_add_slice(hash, sm_slice_of(sm_client_status_name(client->status)));
    sm_sha256_add_i64(hash, client->created_at);
    sm_sha256_add_i64(hash, client->updated_at);
    sm__verify_add_tenant(hash, &client->tenant);
}

/* ---- events ---- */

static enum sm_status begin_stream(struct streams *all, const struct sm_stream_name *name,
                                   struct sm_err *err)
{
    struct sm_sha256 *content = &all->verify->content;

    sm_sha256_add(content, name->client_id.bytes, sizeof(name->client_id.bytes));
    sm_sha256_add_slice(content, sm_slice_of(sm_kind_name(name->kind)));
    sm_sha256_add_slice(content, name->key);
    return sm__fold_begin(&all->fold, name, err);
}

/* What the row says of itself: version, order, content. The content of an erased one is not there
 * any more; its hash is still a part of the chain. */
static void check_event(struct sm__verify *verify, const struct sm__fold *fold,
                        const struct sm__fold_event *at)
{
    const struct sm_event_row *row = at->row;
    const struct sm_head *head = &fold->stream.head;
    char label[200];
    struct sm_event expected = row->event;

    snprintf(label, sizeof(label), "%s version %d", fold->label, (int)row->version);
    sm__verify_number(verify, SM__VERIFY_EVENTS, label, "version", (int64_t)head->version + 1,
                      row->version);
    if (row->created_at <= head->last_at)
        sm__verify_differ(verify, SM__VERIFY_EVENTS, SM_DIFFERENCE_LOG, label, "created_at",
                          "later than the version before", "not later");
    sm__verify_time(verify, SM__VERIFY_EVENTS, label, "created_at",
                    sm_created_at(head, row->event.time_us), row->created_at);
    if (!at->erased)
        sm_content_hash(&row->event, &expected.content_hash);
    sm_sha256_add(&verify->content, expected.content_hash.bytes, SM_DIGEST_SIZE);
    sm_sha256_add_i64(&verify->content, row->version);
    sm_sha256_add_i64(&verify->content, row->created_at);
    sm__verify_digest(verify, SM__VERIFY_EVENTS, label, "content_hash", &expected.content_hash,
                      &row->event.content_hash);
    sm_digest_add_event(&verify->found[SM__VERIFY_EVENTS], &row->event, row->version,
                        row->created_at, row->recorded_at, row->cause, &row->position);
    sm_digest_add_event(&verify->expected[SM__VERIFY_EVENTS], &expected, head->version + 1,
                        sm_created_at(head, row->event.time_us), row->recorded_at, row->cause,
                        &row->position);
}

/* ... and of what it has replaced. */
static void check_data(struct sm__verify *verify, const struct sm__fold *fold,
                       const struct sm__fold_event *at)
{
    if (!at->readable)
        sm__verify_differ(verify, SM__VERIFY_EVENTS, SM_DIFFERENCE_LOG, fold->label, "data",
                          "an object as it was admitted", "something else");
    else if (!sm_slice_equal(at->event.key, at->row->event.key))
        sm__verify_text(verify, SM__VERIFY_EVENTS, fold->label, "key", at->event.key,
                        at->row->event.key);
    else
        sm__verify_text(verify, SM__VERIFY_EVENTS, fold->label, "previous", at->previous,
                        at->row->previous);
}

static void take_event(void *context, const struct sm__fold *fold, const struct sm__fold_event *at)
{
    struct sm__verify *verify = context;

    check_event(verify, fold, at);
    check_data(verify, fold, at);
    verify->result->tables[SM__VERIFY_EVENTS].rows++;
}

static enum sm_status next_event(struct streams *all, struct sm_err *err)
{
    enum sm_status status =
        sm__fold_event(&all->fold, &all->events.row->event, take_event, all->verify, err);

    return status == SM_OK ? sm__cursor_next(all->verify, &all->events, err) : status;
}

/* ---- comparing ---- */

static void extra_head(struct streams *all)
{
    const struct sm_head_wanted *head = &all->heads.row->head;
    char label[160];

    sm__stream_label(&head->name, label, sizeof(label));
    sm__verify_differ(all->verify, SM__VERIFY_HEADS, SM_DIFFERENCE_ROW_EXTRA, label, "", "no row",
                      "a row");
    add_head(&all->verify->found[SM__VERIFY_HEADS], &head->name, &head->head);
    all->verify->result->tables[SM__VERIFY_HEADS].rows++;
}

/* Passes over heads below `name` (all if NULL), which the log knows nothing of. */
static enum sm_status skip_heads(struct streams *all, const struct sm_stream_name *name,
                                 struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && all->heads.row != NULL &&
           (name == NULL || sm__stream_compare(&all->heads.row->head.name, name) < 0)) {
        extra_head(all);
        status = sm__verify_surplus(all->verify, SM__VERIFY_HEADS, &all->heads.row->head.name, err);
        if (status == SM_OK)
            status = sm__cursor_next(all->verify, &all->heads, err);
    }
    return status;
}

static enum sm_status compare_head(struct streams *all, struct sm_err *err)
{
    struct sm__verify *verify = all->verify;
    const struct sm_head *expected = &all->fold.stream.head;
    const struct sm_head *found;
    enum sm_status status = skip_heads(all, &all->fold.name, err);

    if (status != SM_OK)
        return status;
    add_head(&verify->expected[SM__VERIFY_HEADS], &all->fold.name, expected);
    if (all->heads.row == NULL ||
        sm__stream_compare(&all->heads.row->head.name, &all->fold.name) != 0) {
        sm__verify_differ(verify, SM__VERIFY_HEADS, SM_DIFFERENCE_ROW_MISSING, all->fold.label, "",
                          "a row", "no row");
        return SM_OK;
    }
    found = &all->heads.row->head.head;
    sm__verify_number(verify, SM__VERIFY_HEADS, all->fold.label, "version", expected->version,
                      found->version);
    sm__verify_time(verify, SM__VERIFY_HEADS, all->fold.label, "last_at", expected->last_at,
                    found->last_at);
    sm__verify_time(verify, SM__VERIFY_HEADS, all->fold.label, "active_at", expected->active_at,
                    found->active_at);
    add_head(&verify->found[SM__VERIFY_HEADS], &all->fold.name, found);
    verify->result->tables[SM__VERIFY_HEADS].rows++;
    return sm__cursor_next(verify, &all->heads, err);
}

static void compare_client_columns(struct streams *all, const struct sm_client *found)
{
    struct sm__verify *verify = all->verify;
    const struct sm_client *expected = &all->fold.stream.client;
    const struct {
        const char *column;
        struct sm_slice expected, found;
    } texts[] = {
        { "name", expected->name, found->name },
        { "organization_id", expected->organization_id, found->organization_id },
        { "tenant_mode", sm_slice_of(sm_tenant_mode_name(expected->tenant_mode)),
          sm_slice_of(sm_tenant_mode_name(found->tenant_mode)) },
        { "features_enabled", expected->features_enabled, found->features_enabled },
        { "config_confirmed_by", expected->config_confirmed_by, found->config_confirmed_by },
        { "contact_email", expected->contact_email, found->contact_email },
        { "contact_phone", expected->contact_phone, found->contact_phone },
        { "status", sm_slice_of(sm_client_status_name(expected->status)),
          sm_slice_of(sm_client_status_name(found->status)) },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(texts); i++)
        sm__verify_text(verify, SM__VERIFY_CLIENTS, all->fold.label, texts[i].column,
                        texts[i].expected, texts[i].found);
    sm__verify_number(verify, SM__VERIFY_CLIENTS, all->fold.label, "config_confirmed",
                      expected->config_confirmed, found->config_confirmed);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, all->fold.label, "config_confirmed_at",
                    expected->config_confirmed_at, found->config_confirmed_at);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, all->fold.label, "created_at", expected->created_at,
                    found->created_at);
    sm__verify_time(verify, SM__VERIFY_CLIENTS, all->fold.label, "updated_at", expected->updated_at,
                    found->updated_at);
    sm__verify_tenant(verify, all->fold.label, &expected->tenant, &found->tenant);
}

static enum sm_status skip_clients(struct streams *all, const struct sm_uuid *id,
                                   struct sm_err *err)
{
    struct sm__verify *verify = all->verify;
    enum sm_status status = SM_OK;

    while (status == SM_OK && all->clients.row != NULL &&
           (id == NULL || sm_uuid_compare(&all->clients.row->client.id, id) < 0)) {
        const struct sm_stream_name name = { .client_id = all->clients.row->client.id,
                                             .kind = SM_KIND_CLIENT };
        char label[SM_UUID_TEXT_SIZE + 1];

        sm_uuid_format(&all->clients.row->client.id, label);
        sm__verify_differ(verify, SM__VERIFY_CLIENTS, SM_DIFFERENCE_ROW_EXTRA, label, "", "no row",
                          "a row");
        add_client(&verify->found[SM__VERIFY_CLIENTS], &all->clients.row->client);
        verify->result->tables[SM__VERIFY_CLIENTS].rows++;
        status = sm__verify_surplus(verify, SM__VERIFY_CLIENTS, &name, err);
        if (status == SM_OK)
            status = sm__cursor_next(verify, &all->clients, err);
    }
    return status;
}

static enum sm_status compare_client(struct streams *all, struct sm_err *err)
{
    struct sm__verify *verify = all->verify;
    enum sm_status status = skip_clients(all, &all->fold.name.client_id, err);

    if (status != SM_OK || !all->fold.stream.client.exists)
        return status;
    add_client(&verify->expected[SM__VERIFY_CLIENTS], &all->fold.stream.client);
    if (all->clients.row == NULL ||
        !sm_uuid_equal(&all->clients.row->client.id, &all->fold.name.client_id)) {
        sm__verify_differ(verify, SM__VERIFY_CLIENTS, SM_DIFFERENCE_ROW_MISSING, all->fold.label,
                          "", "a row", "no row");
        return SM_OK;
    }
    compare_client_columns(all, &all->clients.row->client);
    add_client(&verify->found[SM__VERIFY_CLIENTS], &all->clients.row->client);
    verify->result->tables[SM__VERIFY_CLIENTS].rows++;
    return sm__cursor_next(verify, &all->clients, err);
}

/* Tells the hook if the stream's rows differ; also where the comparison only passed over rows that
 * no stream claims, and then the stream is rewritten as it is. */
static enum sm_status compare_stream(struct streams *all, struct sm_err *err)
{
    const struct sm__verify_hooks *hooks = all->verify->hooks;
    struct sm_verify_result *result = all->verify->result;
    uint64_t before = result->differences;
    enum sm_status status = compare_head(all, err);

    if (status == SM_OK && all->fold.name.kind == SM_KIND_CLIENT)
        status = compare_client(all, err);
    if (status == SM_OK)
        status = sm__row_walk_compare(all->verify, &all->rows, &all->fold.name,
                                      &all->fold.stream.row, all->fold.label, err);
    if (status == SM_OK && hooks != NULL && result->differences != before)
        status = hooks->differs(hooks->context, &all->fold, err);
    return status;
}

/* One stream, from its first event to its head. */
static enum sm_status verify_stream(struct streams *all, struct sm_err *err)
{
    struct sm_stream_name name = sm__stream_of(&all->events.row->event);
    enum sm_status status = begin_stream(all, &name, err);

    while (status == SM_OK && all->events.row != NULL) {
        name = sm__stream_of(&all->events.row->event);
        if (sm__stream_compare(&name, &all->fold.name) != 0)
            break;
        status = next_event(all, err);
    }
    return status == SM_OK ? compare_stream(all, err) : status;
}

/* ---- ranges ---- */

static enum sm_status open_all(struct streams *all, struct sm_err *err)
{
    enum sm_status status =
        sm__cursor_open(all->verify, SM_SCAN_EVENTS_BY_STREAM, &all->events, err);

    if (status == SM_OK)
        status = sm__cursor_open(all->verify, SM_SCAN_HEADS, &all->heads, err);
    if (status == SM_OK)
        status = sm__cursor_open(all->verify, SM_SCAN_CLIENTS, &all->clients, err);
    if (status == SM_OK)
        status = sm__row_walk_open(all->verify, &all->rows, err);
    return status;
}

static void close_all(struct streams *all)
{
    sm__row_walk_close(all->verify, &all->rows);
    sm__cursor_close(all->verify, &all->events);
    sm__cursor_close(all->verify, &all->heads);
    sm__cursor_close(all->verify, &all->clients);
}

/* What is below the client `until` (all if NULL) and no stream has claimed. */
static enum sm_status skip_unclaimed(struct streams *all, const struct sm_uuid *until,
                                     struct sm_err *err)
{
    const struct sm_stream_name name = { .client_id = until != NULL ? *until : SM_UUID_NIL };
    const struct sm_stream_name *end = until != NULL ? &name : NULL;
    enum sm_status status = skip_heads(all, end, err);

    if (status == SM_OK)
        status = skip_clients(all, until, err);
    return status == SM_OK ? sm__row_walk_end(all->verify, &all->rows, end, err) : status;
}

static uint64_t events_read(const struct streams *all)
{
    return all->verify->result->tables[SM__VERIFY_EVENTS].rows;
}

/* Ends the range behind the client whose streams were folded last, and begins the next one in a
 * snapshot of its own. Rows of clients in between belong to the next: in its snapshot such a client
 * may have events. */
static enum sm_status next_range(struct streams *all, struct sm_err *err)
{
    struct sm_log *log = all->verify->log;
    struct sm_uuid from = sm_uuid_next(&all->fold.name.client_id);
    enum sm_status status = skip_unclaimed(all, &from, err);

    if (status != SM_OK)
        return status;
    close_all(all);
    if (all->verify->hooks != NULL)
        status = all->verify->hooks->ranged(all->verify->hooks->context, &from, err);
    if (status == SM_OK)
        status = log->ops->refresh(log, &from, err);
    return status == SM_OK ? open_all(all, err) : status;
}

static bool is_other_client(const struct streams *all)
{
    return all->events.row != NULL &&
           !sm_uuid_equal(&all->events.row->event.event.client_id, &all->fold.name.client_id);
}

static bool is_within(const struct streams *all)
{
    const struct sm_uuid *only = all->verify->only;

    return all->events.row != NULL &&
           (only == NULL || sm_uuid_equal(&all->events.row->event.event.client_id, only));
}

static enum sm_status walk_all(struct streams *all, struct sm_err *err)
{
    uint64_t wanted = all->verify->range_events, first = 0;
    enum sm_status status = open_all(all, err);
    struct sm_uuid end;

    while (status == SM_OK && is_within(all)) {
        status = verify_stream(all, err);
        if (status == SM_OK && events_read(all) - first >= wanted && is_other_client(all) &&
            is_within(all)) {
            first = events_read(all);
            status = next_range(all, err);
        }
    }
    if (status != SM_OK || all->verify->only == NULL)
        return status == SM_OK ? skip_unclaimed(all, NULL, err) : status;
    end = sm_uuid_next(all->verify->only);
    return skip_unclaimed(all, &end, err);
}

enum sm_status sm__verify_streams(struct sm__verify *verify, struct sm_err *err)
{
    struct streams all = { .verify = verify };
    enum sm_status status = sm__fold_init(&all.fold, err);

    if (status == SM_OK)
        status = walk_all(&all, err);
    close_all(&all);
    sm__fold_deinit(&all.fold);
    return status;
}
