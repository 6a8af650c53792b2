/* Admission over the whole catalogue: every cell of the tables in domain/admit.h. */
#include "unit/domain/scene.h"

/* What becomes of an event, in a letter: F fact; waits for C client, G gate; refused as
 * A CLIENT_ARCHIVED, X CLIENT_EXISTS; K waits for its command; of a tenant to which nothing has
 * happened W TENANT_NOT_WAITING, B TENANT_NOT_ABORTABLE, D TENANT_NOT_ARCHIVED. */
static void is(char letter)
{
    switch (letter) {
    case 'F':
        becomes_a_fact();
        break;
    case 'C':
        is_parked(SM_WAIT_CLIENT, NULL);
        break;
    case 'G':
        is_parked(SM_WAIT_GATE, NULL);
        break;
    case 'A':
        is_rejected(SM_CODE_CLIENT_ARCHIVED, "subject", CLIENT_ID);
        break;
    case 'X':
        is_rejected(SM_CODE_CLIENT_EXISTS, "subject", CLIENT_ID);
        break;
    case 'K':
        is_parked(SM_WAIT_COMMAND, NULL);
        break;
    case 'W':
        is_rejected(SM_CODE_TENANT_NOT_WAITING, "subject", "unconfirmed");
        break;
    case 'B':
        is_rejected(SM_CODE_TENANT_NOT_ABORTABLE, "subject", "unconfirmed");
        break;
    case 'D':
        is_rejected(SM_CODE_TENANT_NOT_ARCHIVED, "subject", "unconfirmed");
        break;
    default:
        fail_msg("%c means nothing", letter);
    }
}

/* Letters by enum before: unknown, active, confirmed, suspended, archived. */
#define LIVING    "CFFFA"
#define PROCESSED "CGFGA"
#define ANY       "FFFFF"
#define COMPLETED "{'batch_id':'b.1','records_total':1,'records_processed':1}"
#define DAILY     "{'kind':'daily','time_of_day':'06:30','timezone':'Mars/Olympus'}"

static const struct row {
    enum sm_event_type type;
    const char *data;
    char by_client[BEFORE_COUNT + 1];
    const char *running; /* a row that the stream must have: status "running" in its column */
} rows[] = {
    { SM_EVENT_CLIENT_REGISTERED, "{'name':'x','organization_id':'org_7'}", "FXXXX", NULL },
    { SM_EVENT_CLIENT_UPDATED, "{'name':'x'}", LIVING, NULL },
    { SM_EVENT_CLIENT_STATUS_CHANGED, "{'status':'active'}", "CFFFF", NULL },
    { SM_EVENT_CLIENT_STATUS_CHANGED, "{'status':'suspended'}", LIVING, NULL },
    { SM_EVENT_CLIENT_STATUS_CHANGED, "{'status':'archived'}", LIVING, NULL },
    { SM_EVENT_CLIENT_TENANT_MODE_CHANGED, "{'tenant_mode':'dedicated_db'}", LIVING, NULL },
    { SM_EVENT_CLIENT_CONFIG_CONFIRMED, NULL, LIVING, NULL },
    { SM_EVENT_CLIENT_CONFIG_CONFIRMED, "{'tenant_mode':'shared'}", LIVING, NULL },
    { SM_EVENT_CLIENT_CONFIG_REVOKED, NULL, LIVING, NULL },
    { SM_EVENT_CLIENT_ERASED, NULL, "CFFFF", NULL }, /* whoever is gone may still be forgotten */
    { SM_EVENT_TENANT_APPROVED, NULL, "CWWWW", NULL },
    { SM_EVENT_TENANT_RETRIED, "{'step':'copy'}", "CWWWW", NULL },
    { SM_EVENT_TENANT_ABORTED, NULL, "CBBBB", NULL },
    { SM_EVENT_TENANT_DROP_REQUESTED, "{'reason':'x'}", "CDDDD", NULL },
    { SM_EVENT_TENANT_COMMAND_APPLIED, "{'command_id':'" CLIENT_ID "'}", "KKKKK", NULL },
    { SM_EVENT_TENANT_COMMAND_FAILED, "{'command_id':'" CLIENT_ID "','detail':'x'}", "KKKKK",
      NULL },
    { SM_EVENT_FEATURE_CONFIG_CHANGED, "{'feature_type':'tides','config':{}}", LIVING, NULL },
    { SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "{'feature_type':'tides'}", LIVING, NULL },
    { SM_EVENT_BOM_CONFIG_CHANGED, NULL, LIVING, NULL },
    { SM_EVENT_BOM_CONFIG_DEACTIVATED, NULL, LIVING, NULL },
    { SM_EVENT_CLIENT_SCHEDULE_CHANGED, DAILY, LIVING, NULL },
    { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, NULL, LIVING, NULL },
    { SM_EVENT_SCHEDULER_DEFAULTS_CHANGED, DAILY, ANY, NULL },
    { SM_EVENT_DATA_TYPE_DEFINED, "{'code':'sales','description':'x'}", ANY, NULL },
    { SM_EVENT_FEATURE_TYPE_DEFINED, "{'code':'tides','description':'x'}", ANY, NULL },
    { SM_EVENT_BATCH_STARTED, "{'batch_id':'b.1','data_type':'sales'}", PROCESSED, NULL },
    { SM_EVENT_BATCH_COMPLETED, COMPLETED, PROCESSED, "batches" },
    { SM_EVENT_BATCH_FAILED, "{'batch_id':'b.1','error':'x'}", PROCESSED, "batches" },
    { SM_EVENT_BOM_EXPLOSION_STARTED, NULL, PROCESSED, NULL },
    { SM_EVENT_BOM_EXPLOSION_COMPLETED, "{'records_processed':1}", PROCESSED, "bom" },
    { SM_EVENT_BOM_EXPLOSION_FAILED, "{'error':'x'}", PROCESSED, "bom" },
    { SM_EVENT_FEATURE_CREATED, "{'name':'f','feature_type':'tides','data_type':'sales'}",
      PROCESSED, NULL },
    { SM_EVENT_LOG_RECORDED, "{'level':'info','message':'x'}", ANY, NULL },
};

/* The row's event where nothing is in its way but what `before` says. */
static void set_row_scene(const struct row *row, enum before before)
{
    set_scene(before, row->type, row->data);
    if (row->running != NULL)
        set_row(row->running[1] == 'a' ? (size_t)SM_BATCH_STATUS : (size_t)SM_BOM_STATUS,
                "running");
}

static void every_type_meets_every_state_of_its_client(void **state)
{
    bool met[SM_EVENT_TYPE_COUNT] = { false };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        for (unsigned before = UNKNOWN; before < BEFORE_COUNT; before++) {
            set_row_scene(&rows[i], (enum before)before);
            is(rows[i].by_client[before]);
        }
        met[rows[i].type] = true;
    }
    for (size_t i = 0; i < SM_EVENT_TYPE_COUNT; i++)
        assert_true(met[i]);
}

static void a_deactivated_configuration_needs_one_that_is_active(void **state)
{
    static const struct {
        enum sm_event_type type;
        const char *data;
        const char *field;
        const char *value;
    } cases[] = {
        { SM_EVENT_FEATURE_CONFIG_DEACTIVATED, "{'feature_type':'ema'}", "data.feature_type",
          "ema" },
        { SM_EVENT_BOM_CONFIG_DEACTIVATED, NULL, "subject", CLIENT_ID },
        { SM_EVENT_CLIENT_SCHEDULE_DEACTIVATED, NULL, "subject", CLIENT_ID },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        set_scene(ACTIVE, cases[i].type, cases[i].data);
        becomes_a_fact();
        scene.stream.head.active_at = SM_TIME_NONE;
        is_rejected(SM_CODE_NOTHING_ACTIVE, cases[i].field, cases[i].value);
        scene.stream.head = SM_HEAD_EMPTY;
        is_rejected(SM_CODE_NOTHING_ACTIVE, cases[i].field, cases[i].value);
    }
}

/* By the state of the stream's row: none, running, completed, failed. */
static const struct {
    enum sm_event_type type;
    const char *data;
    size_t column;
    enum sm_rejection_code by_row[4];
    const char *field;
    const char *value;
} runs[] = {
#define ENDED SM_CODE_BATCH_ENDED, SM_CODE_BATCH_ENDED
#define IDLE  SM_CODE_RUN_NOT_ACTIVE, SM_CODE_RUN_NOT_ACTIVE
    { SM_EVENT_BATCH_STARTED,
      "{'batch_id':'b.1','data_type':'sales'}",
      SM_BATCH_STATUS,
      { SM_CODE_NONE, SM_CODE_BATCH_EXISTS, SM_CODE_BATCH_EXISTS, SM_CODE_BATCH_EXISTS },
      "data.batch_id",
      "b.1" },
    { SM_EVENT_BATCH_COMPLETED,
      COMPLETED,
      SM_BATCH_STATUS,
      { SM_CODE_BATCH_UNKNOWN, SM_CODE_NONE, ENDED },
      "data.batch_id",
      "b.1" },
    { SM_EVENT_BATCH_FAILED,
      "{'batch_id':'b.1','error':'x'}",
      SM_BATCH_STATUS,
      { SM_CODE_BATCH_UNKNOWN, SM_CODE_NONE, ENDED },
      "data.batch_id",
      "b.1" },
    { SM_EVENT_BOM_EXPLOSION_STARTED,
      NULL,
      SM_BOM_STATUS,
      { SM_CODE_NONE, SM_CODE_NONE, SM_CODE_NONE, SM_CODE_NONE },
      "",
      "" },
    { SM_EVENT_BOM_EXPLOSION_COMPLETED,
      "{'records_processed':1}",
      SM_BOM_STATUS,
      { SM_CODE_RUN_NOT_ACTIVE, SM_CODE_NONE, IDLE },
      "subject",
      CLIENT_ID },
    { SM_EVENT_BOM_EXPLOSION_FAILED,
      "{'error':'x'}",
      SM_BOM_STATUS,
      { SM_CODE_RUN_NOT_ACTIVE, SM_CODE_NONE, IDLE },
      "subject",
      CLIENT_ID },
    { SM_EVENT_FEATURE_CREATED, /* defined, or defined anew; it has no status */
      "{'name':'f','feature_type':'tides','data_type':'sales'}",
      SM_FEATURE_DESCRIPTION,
      { SM_CODE_NONE, SM_CODE_NONE, SM_CODE_NONE, SM_CODE_NONE },
      "",
      "" },
#undef ENDED
#undef IDLE
};

static void every_run_meets_every_state_of_its_row(void **state)
{
    static const char *const statuses[] = { NULL, "running", "completed", "failed" };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(runs); i++)
        for (size_t s = 0; s < SM_ARRAY_COUNT(statuses); s++) {
            set_scene(CONFIRMED, runs[i].type, runs[i].data);
            set_row(runs[i].column, statuses[s]);
            if (runs[i].by_row[s] == SM_CODE_NONE)
                becomes_a_fact();
            else
                is_rejected(runs[i].by_row[s], runs[i].field, runs[i].value);
        }
}

static void a_row_without_a_status_is_not_running(void **state)
{
    (void)state;
    set_scene(CONFIRMED, SM_EVENT_BATCH_FAILED, "{'batch_id':'b.1','error':'x'}");
    set_row(SM_BATCH_DATA_TYPE, "running");
    is_rejected(SM_CODE_BATCH_ENDED, "data.batch_id", "b.1");
}

/* ---- references ---- */

static void a_reference_that_is_not_defined_is_waited_for(void **state)
{
    static const char created[] = "{'name':'f','feature_type':'tides','data_type':'sales'}";

    (void)state;
    set_scene(ACTIVE, SM_EVENT_FEATURE_CONFIG_CHANGED, "{'feature_type':'tides','config':{}}");
    scene.admission.references[0].known = false;
    is_parked(SM_WAIT_FEATURE_TYPE, "tides");
    set_scene(CONFIRMED, SM_EVENT_BATCH_STARTED, "{'batch_id':'b.1','data_type':'sales'}");
    scene.admission.references[0].known = false;
    is_parked(SM_WAIT_DATA_TYPE, "sales");
    set_scene(CONFIRMED, SM_EVENT_FEATURE_CREATED, created);
    scene.admission.references[0].known = scene.admission.references[1].known = false;
    is_parked(SM_WAIT_FEATURE_TYPE, "tides");
    scene.admission.references[0].known = true;
    is_parked(SM_WAIT_DATA_TYPE, "sales");
    scene.admission.references[1].known = true;
    becomes_a_fact();
}

static void whoever_names_no_reference_waits_for_none(void **state)
{
    struct sm_reference references[SM_REFERENCES_MAX];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        set_row_scene(&rows[i], CONFIRMED);
        if (sm_event_references(&scene.event, references) != 0)
            continue;
        scene.admission.references[0].known = scene.admission.references[1].known = false;
        is(rows[i].by_client[CONFIRMED]);
    }
}

static void a_time_zone_that_nobody_knows_is_refused_at_once(void **state)
{
    static const enum sm_event_type types[] = { SM_EVENT_CLIENT_SCHEDULE_CHANGED,
                                                SM_EVENT_SCHEDULER_DEFAULTS_CHANGED };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(types); i++) {
        set_scene(ACTIVE, types[i], DAILY);
        becomes_a_fact();
        scene.admission.references[0].known = false;
        is_rejected(SM_CODE_TIME_ZONE_UNKNOWN, "data.timezone", "Mars/Olympus");
        /* The default is PostgreSQL's own, so nobody asks for it. */
        set_scene(ACTIVE, types[i], "{'kind':'interval','interval_minutes':5}");
        scene.admission.references[0].known = false;
        becomes_a_fact();
    }
}

static void rules_that_came_with_a_feature_type_bind_its_configs(void **state)
{
    static const struct {
        const char *rules;
        const char *config;
        enum sm_rejection_code code;
        const char *field;
        const char *value;
    } cases[] = {
        { "{'a':{'type':'count'}}", "{'a':1}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'count'}}", "{'a':0}", SM_CODE_FIELD_RANGE, "data.config.a", "0" },
        { "{'a':{'type':'count'}}", "{'a':'1'}", SM_CODE_FIELD_TYPE, "data.config.a", "1" },
        { "{'a':{'type':'counts'}}", "{'a':[1,2]}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'counts'}}", "{'a':[]}", SM_CODE_FIELD_RANGE, "data.config.a", "[]" },
        { "{'a':{'type':'share'}}", "{'a':1}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'share'}}", "{'a':1.5}", SM_CODE_FIELD_RANGE, "data.config.a", "1.5" },
        { "{'a':{'type':'flag'}}", "{'a':false}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'flag'}}", "{'a':0}", SM_CODE_FIELD_TYPE, "data.config.a", "0" },
        { "{'a':{'type':'word'}}", "{'a':'x'}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'word'}}", "{'a':''}", SM_CODE_FIELD_RANGE, "data.config.a", "" },
        { "{'a':{'type':'flag'}}", "{'b':7}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'flag','required':false}}", "{}", SM_CODE_NONE, "", "" },
        { "{'a':{'type':'flag','required':true}}", "{}", SM_CODE_FIELD_MISSING, "data.config.a",
          "" },
        { "{'a':{'type':'flag'},'b':{'type':'count'}}", "{'a':true,'b':-1}", SM_CODE_FIELD_RANGE,
          "data.config.b", "-1" },
        { "{}", "{'a':[{'b':null}]}", SM_CODE_NONE, "", "" },
        /* What was written into the table past us binds nobody. */
        { "{'a':{'type':'colour','required':true}}", "{}", SM_CODE_NONE, "", "" },
        { "{'a':7}", "{'a':{}}", SM_CODE_NONE, "", "" },
        { "no JSON", "{'a':{}}", SM_CODE_NONE, "", "" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        char data[256];

        (void)snprintf(data, sizeof(data), "{'feature_type':'tides','config':%s}", cases[i].config);
        set_scene(ACTIVE, SM_EVENT_FEATURE_CONFIG_CHANGED, data);
        scene.admission.references[0].config_rules =
            fixture_json(&scene.fixture.arena, cases[i].rules);
        if (cases[i].code == SM_CODE_NONE)
            becomes_a_fact();
        else
            is_rejected(cases[i].code, cases[i].field, cases[i].value);
    }
}

static void checking_by_rules_gives_the_arena_back_and_never_passes_for_want_of_it(void **state)
{
    struct sm_arena *arena = &scene.fixture.arena;
    size_t capacity = arena->capacity;
    size_t mark;

    (void)state;
    set_scene(ACTIVE, SM_EVENT_FEATURE_CONFIG_CHANGED, "{'feature_type':'tides','config':{}}");
    scene.admission.references[0].config_rules = fixture_json(arena, "{'a':{'type':'flag'}}");
    mark = sm_arena_mark(arena);
    becomes_a_fact();
    assert_int_equal(sm_arena_mark(arena), mark);
    arena->capacity = arena->used + 16;
    becomes(SM_VERDICT_REJECTED, SM_CODE_VALUE_TOO_LARGE);
    arena->capacity = capacity;
    assert_int_equal(sm_arena_mark(arena), mark);
    assert_string_equal(scene.verdict.rejection.field, "data.config");
}

/* ---- the queue ---- */

static void whatever_can_wait_waits_behind_its_own_stream(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        enum before before = rows[i].type == SM_EVENT_CLIENT_REGISTERED ? UNKNOWN : CONFIRMED;

        set_row_scene(&rows[i], before);
        scene.admission.stream_waits = true;
        if (sm_event_type_queues(rows[i].type))
            is_parked(SM_WAIT_QUEUE, NULL);
        else
            is(rows[i].by_client[before]);
    }
}

static void gated_types_wait_behind_gated_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        if (!sm_event_type_is_gated(rows[i].type))
            continue;
        set_row_scene(&rows[i], CONFIRMED);
        scene.admission.gated_waits = true;
        is_parked(SM_WAIT_QUEUE, NULL);
        set_row_scene(&rows[i], ARCHIVED); /* it will not be applied: nobody has to wait */
        scene.admission.gated_waits = true;
        is('A');
    }
}

/* Everything is in its way at once; one after the other is put right, and the next one shows. */
static void what_is_waited_for_is_asked_before_the_rules_of_the_type(void **state)
{
    (void)state;
    set_scene(UNKNOWN, SM_EVENT_BATCH_STARTED, "{'batch_id':'b.1','data_type':'sales'}");
    set_row(SM_BATCH_STATUS, "running");
    scene.admission.references[0].known = false;
    scene.admission.stream_waits = true;
    is_parked(SM_WAIT_CLIENT, NULL);
    scene.client = client_before(ACTIVE);
    is_parked(SM_WAIT_DATA_TYPE, "sales");
    scene.admission.references[0].known = true;
    is_parked(SM_WAIT_GATE, NULL);
    scene.client = client_before(CONFIRMED);
    is_parked(SM_WAIT_QUEUE, NULL);
    scene.admission.stream_waits = false;
    is_rejected(SM_CODE_BATCH_EXISTS, "data.batch_id", "b.1");
    set_row(SM_BATCH_STATUS, NULL);
    becomes_a_fact();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_meets_every_state_of_its_client),
        cmocka_unit_test(a_deactivated_configuration_needs_one_that_is_active),
        cmocka_unit_test(every_run_meets_every_state_of_its_row),
        cmocka_unit_test(a_row_without_a_status_is_not_running),
        cmocka_unit_test(a_reference_that_is_not_defined_is_waited_for),
        cmocka_unit_test(whoever_names_no_reference_waits_for_none),
        cmocka_unit_test(a_time_zone_that_nobody_knows_is_refused_at_once),
        cmocka_unit_test(rules_that_came_with_a_feature_type_bind_its_configs),
        cmocka_unit_test(checking_by_rules_gives_the_arena_back_and_never_passes_for_want_of_it),
        cmocka_unit_test(whatever_can_wait_waits_behind_its_own_stream),
        cmocka_unit_test(gated_types_wait_behind_gated_ones),
        cmocka_unit_test(what_is_waited_for_is_asked_before_the_rules_of_the_type),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
