/* What goes into the hashes is fixed for ever: vectors made by Python's hashlib from the header's
 * words, not by this program. */
#include "unit/domain/fixture.h"

static struct fixture fixture;

static int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

static struct sm_event sample(void)
{
    struct sm_event event = fixture_event(&fixture, SM_EVENT_CLIENT_UPDATED, "{\"name\":\"ж\"}", 1);

    event.causation_id = SM_SLICE("c1");
    sm_content_hash(&event, &event.content_hash);
    return event;
}

static void is_digest(const struct sm_digest *digest, const char *expected)
{
    char text[2 * SM_DIGEST_SIZE + 1];

    sm_digest_format(digest, text);
    assert_string_equal(text, expected);
}

static void the_content_hash_is_what_the_header_says(void **state)
{
    struct sm_event event = sample();

    (void)state;
    is_digest(&event.content_hash,
              "ec882c1fe746fefc5db5dfd34172c263fffe653ebceba561a8f9b285f61429c8");
}

static void the_ledger_s_chain_is_what_the_header_says(void **state)
{
    struct sm_event event = sample();
    const struct sm_range duplicates = { 4, 6 };
    const struct sm_range gaps = { 7, 9 };
    struct sm_ledger_row row = { .topic_id = 1,
                                 .partition = 2,
                                 .seq = 4,
                                 .first_offset = 3,
                                 .next_offset = 9,
                                 .consumed = 4,
                                 .appended = 1,
                                 .duplicated = 2,
                                 .rejected = 1,
                                 .recorded_at = 1700000000000003,
                                 .duplicates = &duplicates,
                                 .duplicate_count = 1,
                                 .gaps = &gaps,
                                 .gap_count = 1 };
    const struct sm_log_position position = { 1, 2, 3, 4 };
    struct sm_sha256 hash;
    struct sm_digest digest, value_hash;

    (void)state;
    sm_digest_begin_ledger(&hash, &(struct sm_digest){ { 0 } }, &row);
    sm_digest_add_event(&hash, &event, 7, 1700000000000002, 1700000000000003, SM_CAUSE_LIVE,
                        &position);
    sm_value_hash(SM_SLICE("{}"), &value_hash);
    sm_digest_add_dead_letter(&hash, 6, SM_SLICE("FIELD_RANGE"), SM_SLICE_NONE, &value_hash);
    sm_digest_add_parked(&hash, 7, SM_SLICE("client"), SM_SLICE_NONE, &value_hash);
    sm_sha256_end(&hash, &digest);
    is_digest(&digest, "1e69839f1216ebd3bad03fbf50cfa2e0488a2241ce326b4af17f5af88b256adb");
}

static void nothing_lost_is_the_same_wherever_the_empty_range_lies(void **state)
{
    struct sm_ledger_row row = { .topic_id = 1 };
    struct sm_sha256 hash;
    struct sm_digest digests[3];

    (void)state;
    for (int64_t i = 0; i < 3; i++) {
        row.lost = (struct sm_range){ 70 * (i > 0), 70 * (i > 0) + (i > 1) };
        sm_digest_begin_ledger(&hash, &(struct sm_digest){ { 0 } }, &row);
        sm_sha256_end(&hash, &digests[i]);
    }
    assert_true(sm_digest_equal(&digests[0], &digests[1]));
    assert_false(sm_digest_equal(&digests[0], &digests[2]));
}

static void a_cause_has_the_database_s_name(void **state)
{
    (void)state;
    assert_string_equal(sm_cause_name(SM_CAUSE_LIVE), "live");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_content_hash_is_what_the_header_says),
        cmocka_unit_test(the_ledger_s_chain_is_what_the_header_says),
        cmocka_unit_test(nothing_lost_is_the_same_wherever_the_empty_range_lies),
        cmocka_unit_test(a_cause_has_the_database_s_name),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
