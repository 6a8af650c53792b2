/* Erasure of a client: what domain/erasure.h names is replaced, nothing else is, and all that was
 * proven of the log before is proven after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "contract/postgres_rig.h"
#include "contract/store_suite.h"
#include "domain/erasure.h"
#include "postgres/log.h"

static struct postgres_rig postgres;

static struct sm_store *open_store(void *context, const char *owner)
{
    return postgres_rig_store(context, owner);
}

static struct sm_log *open_log(void *context)
{
    struct sm_postgres_client client = postgres_rig_client(context);
    struct sm_log *log = NULL;
    struct sm_err err = { 0 };

    if (sm_postgres_log_open(&client, &log, &err) != SM_OK)
        fail_msg("%s", err.text);
    return log;
}

static const struct store_rig rig = {
    .context = &postgres, .open = open_store, .log = open_log, .wait = postgres_rig_wait
};

/* ---- two clients, of whom much is kept ---- */

#define ERASED 1
#define OTHER  2

static void apply_client(struct scene *scene, struct sm_event *event, struct sm_stream *stream)
{
    struct draft *draft = scene->draft;
    bool insert = !stream->client.exists;

    draft_apply(draft, event, stream);
    draft->clients[draft->unit.client_count++] =
        (struct sm_client_change){ &stream->client, insert };
}

static void commit(struct scene *scene)
{
    if (scene_commit(&rig, scene) != SM_OK)
        fail_msg("%s", scene->err.text);
}

static void change_client(struct scene *scene, unsigned id, unsigned client,
                          enum sm_event_type type, const char *data, struct sm_stream *stream)
{
    apply_client(scene, draft_make(scene->draft, id, client_uuid(client), type, data), stream);
    commit(scene);
}

static void refuse(struct scene *scene, unsigned id, unsigned client, bool is_known)
{
    static const struct sm_header headers[] = { { { (const uint8_t *)"from", 4 },
                                                  { (const uint8_t *)"anna@example.com", 16 } } };
    static const struct sm_rejection rejection = { .code = SM_CODE_FIELD_LENGTH,
                                                   .field = "data.contact_phone",
                                                   .value = "+7 000",
                                                   .reason = "+7 000 is too short" };
    static char key[2][SM_UUID_TEXT_SIZE + 1];
    struct sm_uuid subject = client_uuid(client);
    struct sm_event *event = NULL;
    struct sm_dead_letter *letter;

    if (is_known)
        event = draft_make(scene->draft, id, subject, SM_EVENT_CLIENT_UPDATED, "{}");
    letter = draft_dead_letter(scene->draft, &rejection, event);
    sm_uuid_format(&subject, key[client - 1]);
    letter->key = sm_slice_of(key[client - 1]);
    letter->value = SM_SLICE("{\"contact_phone\": \"+7 000\"");
    letter->headers = headers;
    letter->header_count = 1;
}

/* A line, two events that wait, and dead letters whose event could be read or not. */
static void keep_other_things(struct scene *scene, unsigned client)
{
    unsigned id = 100 * client;

    draft_line(scene->draft,
               draft_make(scene->draft, id, client_uuid(client), SM_EVENT_LOG_RECORDED,
                          "{\"level\": \"error\", \"message\": \"anna\", \"error\": \"called\", "
                          "\"context\": {\"step\": 1}}"));
    refuse(scene, id + 1, client, true);
    refuse(scene, id + 2, client, false);
    for (unsigned i = 3; i <= 4; i++)
        draft_park(scene->draft,
                   draft_make(scene->draft, id + i, client_uuid(client), SM_EVENT_BATCH_STARTED,
                              i == 3 ? "{\"batch_id\": \"b-3\", \"data_type\": \"features\"}"
                                     : "{\"batch_id\": \"b-4\", \"data_type\": \"features\"}"),
                   SM_WAIT_GATE, NULL);
    commit(scene);
}

static void resolve(struct scene *scene, int64_t parked_id)
{
    draft_release(scene->draft);
    draft_resolve(scene->draft, parked_id, SM_PARKED_DUPLICATE);
    commit(scene);
}

static void fill(struct scene *scene, struct sm_stream *streams)
{
    for (unsigned client = ERASED; client <= OTHER; client++) {
        struct sm_stream *stream = &streams[client];
        unsigned id = 10 * client;

        *stream = stream_new();
        change_client(scene, id, client, SM_EVENT_CLIENT_REGISTERED,
                      client == ERASED
                          ? "{\"name\": \"A\", \"contact_email\": \"anna@example.com\", "
                            "\"contact_phone\": \"+7 123\", \"organization_id\": \"1\"}"
                          : "{\"name\": \"B\", \"contact_email\": \"boris@example.com\", "
                            "\"organization_id\": \"2\"}",
                      stream);
        /* Looks like a mark, and is none. */
        change_client(scene, id + 1, client, SM_EVENT_CLIENT_UPDATED,
                      "{\"contact_email\": \"erased:me@example.com\"}", stream);
        change_client(scene, id + 2, client, SM_EVENT_CLIENT_UPDATED, "{\"contact_email\": null}",
                      stream);
        keep_other_things(scene, client);
        resolve(scene, client == ERASED ? 1 : 3);
    }
    postgres_rig_run(&postgres,
                     "INSERT INTO operator_requests (dead_letter_id, topic_id, partition_id, "
                     "action, actor, reason, done_at, outcome, code, detail) SELECT id, topic_id, "
                     "partition_id, 'retried', 'operator', 'once more', now(), 'rejected', code, "
                     "reason FROM dead_letters ORDER BY id");
}

static void erase(struct scene *scene, unsigned id, struct sm_stream *stream)
{
    struct sm_event *event = draft_make(scene->draft, id, client_uuid(ERASED),
                                        SM_EVENT_CLIENT_ERASED, "{\"reason\": \"asked for\"}");

    apply_client(scene, event, stream);
    scene->draft->unit.erasure = event;
    commit(scene);
}

/* ---- what is asked ---- */

static void assert_told(const char *sql, const char *expected)
{
    const char *told = postgres_rig_ask(&postgres, sql);

    if (strcmp(told, expected) != 0)
        fail_msg("%s: '%s', expected '%s'", sql, told, expected);
}

/* Everything of the client that is not erased, or of the other one everything, as one hash. */
static const char untouched[] =
    "SELECT md5(concat_ws(',', "
    "(SELECT string_agg((to_jsonb(e) - CASE WHEN e.client_id = v.erased THEN ARRAY['data', "
    "'previous'] ELSE '{}' END)::text, ',' ORDER BY event_id) FROM events e "
    "WHERE type <> 'client.erased'), "
    "(SELECT string_agg((to_jsonb(e) #- '{data,contact_email}' #- '{data,contact_phone}' #- "
    "'{previous,contact_email}' #- '{previous,contact_phone}')::text, ',' ORDER BY event_id) "
    "FROM events e WHERE type <> 'client.erased'), "
    "(SELECT string_agg((to_jsonb(d) - CASE WHEN d.record_key = convert_to(v.erased::text, 'UTF8') "
    "THEN ARRAY['record_value', 'header_names', 'header_values', 'value', 'reason', 'erased_by'] "
    "ELSE '{}' END)::text, ',' ORDER BY id) FROM dead_letters d), "
    "(SELECT string_agg((to_jsonb(p) - CASE WHEN p.client_id = v.erased AND p.state <> 'waiting' "
    "THEN ARRAY['record_value', 'header_names', 'header_values', 'erased_by'] ELSE '{}' END)::text"
    ", ',' ORDER BY id) FROM parked_events p), "
    "(SELECT string_agg((to_jsonb(l) - CASE WHEN l.client_id = v.erased THEN ARRAY['message', "
    "'error', 'context'] ELSE '{}' END)::text, ',' ORDER BY id) FROM processing_logs l), "
    "(SELECT string_agg((to_jsonb(r) - CASE WHEN r.dead_letter_id <= 2 THEN ARRAY['detail'] ELSE "
    "'{}' END)::text, ',' ORDER BY id) FROM operator_requests r), "
    "(SELECT string_agg(to_jsonb(c)::text, ',') FROM clients c WHERE id <> v.erased), "
    "(SELECT string_agg(to_jsonb(i)::text, ',' ORDER BY seq) FROM ingest_ledger i WHERE seq <= 10)"
    ")) FROM (SELECT 'c1000100-0000-0000-0000-000000000000'::uuid) AS v(erased)";

/* Any of the words of the erased client, anywhere in the database. */
static const char words[] =
    "SELECT count(*) FROM (SELECT to_jsonb(e)::text FROM events e WHERE client_id = $1 "
    "UNION ALL SELECT to_jsonb(c)::text FROM clients c WHERE id = $1 "
    "UNION ALL SELECT concat(to_jsonb(d), convert_from(d.record_value, 'UTF8'), "
    "array_to_string(d.header_values, ' ')) FROM dead_letters d "
    "WHERE record_key = convert_to($1::text, 'UTF8') "
    "UNION ALL SELECT to_jsonb(r)::text FROM operator_requests r WHERE dead_letter_id <= 2 "
    "UNION ALL SELECT to_jsonb(l)::text FROM processing_logs l WHERE client_id = $1) AS rows(row) "
    "WHERE row ~ '@example|[+]7 |anna|called|step'";

static int64_t count_words(void)
{
    char sql[2048];
    size_t used = 0;
    const char *id = "'c1000100-0000-0000-0000-000000000000'::uuid";

    for (const char *at = words; *at != '\0' && used + 64 < sizeof(sql);) {
        if (strncmp(at, "$1", 2) == 0) {
            used += (size_t)snprintf(sql + used, sizeof(sql) - used, "%s", id);
            at += 2;
        } else {
            sql[used++] = *at++;
        }
    }
    sql[used] = '\0';
    return postgres_rig_count(&postgres, sql);
}

/* ---- tests ---- */

static void what_is_named_is_replaced_and_nothing_else(void **state)
{
    struct sm_stream streams[3];
    struct scene scene;
    char before[64], mark[SM_ERASED_MARK_SIZE + 1], sql[512];
    struct sm_uuid id = event_uuid(50);

    (void)state;
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    fill(&scene, streams);
    (void)snprintf(before, sizeof(before), "%s", postgres_rig_ask(&postgres, untouched));
    assert_true(count_words() > 5);
    assert_true(is_verified(&rig));

    erase(&scene, 50, &streams[ERASED]);
    assert_told(untouched, before);
    assert_int_equal(count_words(), 0);
    assert_true(is_verified(&rig));
    sm_erasure_mark(&id, mark);
    (void)snprintf(sql, sizeof(sql),
                   "SELECT concat_ws(' ', count(*) FILTER (WHERE data ->> 'contact_email' = '%s'), "
                   "count(*) FILTER (WHERE data ->> 'contact_phone' = '%s'), count(*) FILTER "
                   "(WHERE previous ->> 'contact_email' = '%s')) FROM events",
                   mark, mark, mark);
    assert_told(sql, "2 1 2"); /* registered, updated; registered; the old values of both updates */
    assert_told("SELECT string_agg(concat_ws(' ', state, erased_by IS NOT NULL, record_value IS "
                "NULL), ', ' ORDER BY id) FROM parked_events",
                "duplicate t t, waiting f f, duplicate f f, waiting f f");
    assert_told("SELECT string_agg(concat_ws(' ', erased_by IS NOT NULL, record_value IS NULL, "
                "cardinality(header_names)), ', ' ORDER BY id) FROM dead_letters",
                "t t 0, t t 0, f f 1, f f 1");
    assert_told("SELECT context ->> 'client_id' FROM processing_logs ORDER BY id LIMIT 1",
                "c1000100-0000-0000-0000-000000000000");
    scene_close(&scene);
}

static void what_came_since_is_erased_the_next_time(void **state)
{
    struct sm_stream streams[3];
    struct scene scene;

    (void)state;
    postgres_rig_create(&postgres, true);
    scene_open(&rig, &scene);
    fill(&scene, streams);
    erase(&scene, 50, &streams[ERASED]);
    change_client(&scene, 51, ERASED, SM_EVENT_CLIENT_UPDATED,
                  "{\"contact_email\": \"anna@example.com\"}", &streams[ERASED]);
    refuse(&scene, 52, ERASED, true);
    commit(&scene);
    resolve(&scene, 2); /* the one that waited */
    assert_true(count_words() > 0);
    erase(&scene, 53, &streams[ERASED]);
    assert_int_equal(count_words(), 0);
    /* What the first one replaced bears its mark still. */
    assert_told("SELECT string_agg(data ->> 'contact_email', ' ' ORDER BY version) FROM events "
                "WHERE client_id = 'c1000100-0000-0000-0000-000000000000' AND data ->> "
                "'contact_email' IS NOT NULL",
                "erased:e0000000-3200-0000-0000-000000000000 "
                "erased:e0000000-3200-0000-0000-000000000000 "
                "erased:e0000000-3500-0000-0000-000000000000");
    assert_told("SELECT count(DISTINCT erased_by) FROM dead_letters", "2");
    assert_told("SELECT count(*) FROM parked_events WHERE erased_by IS NOT NULL", "2");
    assert_true(is_verified(&rig));
    scene_close(&scene);
}

static void nothing_is_erased_without_its_event(void **state)
{
    PGresult *result;

    (void)state;
    result =
        PQexec(postgres.admin, "SELECT secretmagic_erase('c1000200-0000-0000-0000-000000000000'"
                               ", 'e0000000-3200-0000-0000-000000000000')");
    assert_int_equal(PQresultStatus(result), PGRES_FATAL_ERROR);
    assert_non_null(strstr(PQresultErrorMessage(result), "there is no client.erased"));
    PQclear(result);
    /* Nor does it help to say that one is erasing. */
    postgres_rig_run(&postgres, "SELECT set_config('secretmagic.erasing', "
                                "'c1000200-0000-0000-0000-000000000000', false)");
    result = PQexec(postgres.admin, "UPDATE events SET actor = 'x' WHERE client_id = "
                                    "'c1000200-0000-0000-0000-000000000000'");
    assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
    PQclear(result);
    result = PQexec(postgres.admin, "UPDATE events SET data = '{}' WHERE client_id = "
                                    "'c1000100-0000-0000-0000-000000000000'");
    assert_string_equal(PQresultErrorField(result, PG_DIAG_SQLSTATE), "42501");
    PQclear(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_named_is_replaced_and_nothing_else),
        cmocka_unit_test(what_came_since_is_erased_the_next_time),
        cmocka_unit_test(nothing_is_erased_without_its_event),
    };
    int failed;

    postgres_rig_open(&postgres);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    postgres_rig_close(&postgres);
    return failed;
}
