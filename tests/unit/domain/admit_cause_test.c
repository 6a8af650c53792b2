/* Admission of what comes a second time: from the waiting room, from the dead letters, by force. */
#include "unit/domain/scene.h"

#define UPD SM_EVENT_CLIENT_UPDATED

static void set_cause(enum sm_cause cause)
{
    set_scene(ACTIVE, UPD, "{'name':'x'}");
    scene.admission.cause = cause;
}

static void set_seen(enum sm_seen_where where, bool same_content)
{
    scene.admission.seen = (struct sm_seen){ where, scene.event.content_hash };
    scene.admission.seen.content_hash.bytes[7] ^= !same_content;
}

/* What becomes of an event whose id was seen, by cause: D duplicate, E EVENT_ID_CONFLICT, F fact;
 * first with the same content, then with other content. */
static const struct {
    enum sm_seen_where where;
    const char *by_cause[SM_CAUSE_EXPIRED];
} seen[] = {
    { SM_SEEN_NOWHERE, { "FF", "FF", "FF", "FF" } },
    { SM_SEEN_IN_LOG, { "DE", "DE", "DE", "DE" } },
    { SM_SEEN_PARKED, { "DE", "DE", "DE", "DE" } },
    { SM_SEEN_IN_DEAD_LETTERS, { "DF", "FF", "FF", "FF" } },
};

static void only_what_is_live_sees_dead_letters(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(seen); i++)
        for (unsigned cause = SM_CAUSE_LIVE; cause < SM_CAUSE_EXPIRED; cause++)
            for (size_t other = 0; other < 2; other++) {
                char letter = seen[i].by_cause[cause][other];

                set_cause((enum sm_cause)cause);
                set_seen(seen[i].where, other == 0);
                if (letter == 'F')
                    becomes_a_fact();
                else if (letter == 'D')
                    becomes(SM_VERDICT_DUPLICATE, SM_CODE_NONE);
                else
                    is_rejected(SM_CODE_EVENT_ID_CONFLICT, "id",
                                "01010000-0000-0000-0000-000000000000");
            }
}

static void a_conflict_says_where_the_other_content_is(void **state)
{
    (void)state;
    set_cause(SM_CAUSE_LIVE);
    set_seen(SM_SEEN_PARKED, false);
    becomes(SM_VERDICT_REJECTED, SM_CODE_EVENT_ID_CONFLICT);
    assert_string_equal(scene.verdict.rejection.reason,
                        "id 01010000-0000-0000-0000-000000000000 is in the waiting room with other "
                        "content; expected a new id for another event");
    set_seen(SM_SEEN_IN_LOG, false);
    becomes(SM_VERDICT_REJECTED, SM_CODE_EVENT_ID_CONFLICT);
    assert_non_null(strstr(scene.verdict.rejection.reason, " is in the log with other content; "));
}

/* The stream's last version before, at and after the event's time. */
static void a_retry_never_replaces_what_is_newer_and_nothing_else_asks(void **state)
{
    (void)state;
    for (unsigned cause = SM_CAUSE_LIVE; cause < SM_CAUSE_EXPIRED; cause++)
        for (int64_t later = -1; later <= 1; later++) {
            set_cause((enum sm_cause)cause);
            scene.stream.head.last_at = scene.event.time_us + later;
            if (cause == SM_CAUSE_RETRIED && later >= 0)
                is_rejected(SM_CODE_STATE_NEWER, "time", "2023-11-14T22:13:20.000001Z");
            else
                becomes_a_fact();
        }
}

static void an_empty_stream_has_nothing_newer(void **state)
{
    (void)state;
    set_scene(UNKNOWN, SM_EVENT_CLIENT_REGISTERED, "{'name':'x','organization_id':'2'}");
    scene.admission.cause = SM_CAUSE_RETRIED;
    scene.stream.head = (struct sm_head){ 0, INT64_MAX, SM_TIME_NONE };
    becomes_a_fact();
}

static void log_lines_have_no_stream_that_could_be_newer(void **state)
{
    (void)state;
    set_scene(ACTIVE, SM_EVENT_LOG_RECORDED, "{'level':'info','message':'x'}");
    scene.admission.cause = SM_CAUSE_RETRIED;
    scene.stream.head.last_at = INT64_MAX;
    scene.event.expected_version = 99;
    becomes_a_fact();
}

static void a_retry_is_asked_all_that_was_asked_before(void **state)
{
    (void)state;
    set_cause(SM_CAUSE_RETRIED);
    scene.stream.head.last_at = scene.event.time_us;
    scene.event.expected_version = 9;
    scene.stream.client.exists = false;
    scene.admission.record_time_us = 0;
    becomes(SM_VERDICT_REJECTED, SM_CODE_TIME_AHEAD);
    scene.admission.record_time_us = SM_TIME_NONE;
    is_parked(SM_WAIT_CLIENT, NULL); /* what was refused may have to wait now */
    scene.stream.client.exists = true;
    becomes(SM_VERDICT_REJECTED, SM_CODE_VERSION_CONFLICT);
    scene.event.expected_version = 3;
    becomes(SM_VERDICT_REJECTED, SM_CODE_STATE_NEWER);
    scene.admission.cause = SM_CAUSE_FORCED;
    becomes_a_fact();
}

static void force_overrides_nothing_but_what_is_newer(void **state)
{
    (void)state;
    set_cause(SM_CAUSE_FORCED);
    scene.stream.head.last_at = INT64_MAX - 1;
    becomes_a_fact();
    scene.event.expected_version = 2;
    is_rejected(SM_CODE_VERSION_CONFLICT, "expectedversion", "2");
    scene.event.expected_version = SM_VERSION_ANY;
    scene.admission.stream_waits = true;
    is_parked(SM_WAIT_QUEUE, NULL);
    scene.stream.client.status = SM_CLIENT_STATUS_ARCHIVED;
    is_rejected(SM_CODE_CLIENT_ARCHIVED, "subject", CLIENT_ID);
}

static void what_is_released_may_have_to_wait_for_something_else(void **state)
{
    (void)state;
    set_scene(CONFIRMED, SM_EVENT_BATCH_STARTED, "{'batch_id':'b.1','data_type':'sales'}");
    scene.admission.cause = SM_CAUSE_RELEASED;
    scene.admission.references[0].known = false;
    is_parked(SM_WAIT_DATA_TYPE, "sales");
    scene.admission.references[0].known = true;
    scene.client.config_confirmed = false;
    is_parked(SM_WAIT_GATE, NULL);
    scene.client.config_confirmed = true;
    becomes_a_fact();
}

static void what_expired_is_refused_whatever_else_there_is(void **state)
{
    (void)state;
    for (unsigned where = SM_SEEN_NOWHERE; where <= SM_SEEN_IN_DEAD_LETTERS; where++) {
        set_cause(SM_CAUSE_EXPIRED);
        set_seen((enum sm_seen_where)where, true);
        scene.admission.stream_waits = true;
        scene.admission.record_time_us = 0;
        is_rejected(SM_CODE_PARKED_EXPIRED, "", "");
    }
}

static void a_cause_has_the_database_s_name(void **state)
{
    static const char *const names[SM_CAUSE_COUNT] = { "live", "released", "retried", "forced",
                                                       "expired" };

    (void)state;
    for (unsigned i = 0; i < SM_CAUSE_COUNT; i++)
        assert_string_equal(sm_cause_name((enum sm_cause)i), names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_live_sees_dead_letters),
        cmocka_unit_test(a_conflict_says_where_the_other_content_is),
        cmocka_unit_test(a_retry_never_replaces_what_is_newer_and_nothing_else_asks),
        cmocka_unit_test(an_empty_stream_has_nothing_newer),
        cmocka_unit_test(log_lines_have_no_stream_that_could_be_newer),
        cmocka_unit_test(a_retry_is_asked_all_that_was_asked_before),
        cmocka_unit_test(force_overrides_nothing_but_what_is_newer),
        cmocka_unit_test(what_is_released_may_have_to_wait_for_something_else),
        cmocka_unit_test(what_expired_is_refused_whatever_else_there_is),
        cmocka_unit_test(a_cause_has_the_database_s_name),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
