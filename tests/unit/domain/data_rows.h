#ifndef SM_TESTS_DOMAIN_DATA_ROWS_H
#define SM_TESTS_DOMAIN_DATA_ROWS_H
/* Tables of data and what becomes of it, for the tests of data. Each program includes it once. */
#include "base/buf.h"
#include "unit/domain/fixture.h"

static struct fixture fixture;
static struct sm_event event;

static inline int set_up(void **state)
{
    (void)state;
    fixture_init(&fixture);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    fixture_deinit(&fixture);
    return 0;
}

struct taken {
    enum sm_event_type type;
    const char *data;
    const char *canonical;
    const char *key;
};
struct refused {
    enum sm_event_type type;
    const char *data;
    enum sm_rejection_code code;
    const char *field;
    const char *value;
};
struct sentence {
    enum sm_event_type type;
    const char *data;
    const char *reason;
};

static inline void check_taken(const struct taken *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fixture_read(&fixture, rows[i].type, rows[i].data, &event) != SM_OK)
            fail_msg("%s was refused: %s", rows[i].data, fixture.rejection.reason);
        assert_json(&fixture, event.data, rows[i].canonical);
        assert_text(event.key, rows[i].key);
    }
}

static inline void check_refused(const struct refused *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fixture_read(&fixture, rows[i].type, rows[i].data, &event) != SM_REJECT)
            fail_msg("was not refused: %s", rows[i].data);
        assert_refused(&fixture.rejection, rows[i].code, rows[i].field, rows[i].value);
    }
}

static inline void check_sentences(const struct sentence *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(fixture_read(&fixture, rows[i].type, rows[i].data, &event), SM_REJECT);
        assert_string_equal(fixture.rejection.reason, rows[i].reason);
    }
}

/* `before`, that many letters, `after`: JSON with double quotes. */
static inline enum sm_status read_long(enum sm_event_type type, const char *before,
                                       const char *letter, size_t count, const char *after)
{
    struct sm_buf text;
    enum sm_status status;

    sm_buf_init(&text, SM_VALUE_SIZE_MAX);
    sm_buf_append_text(&text, before);
    for (size_t i = 0; i < count; i++)
        sm_buf_append_text(&text, letter);
    sm_buf_append_text(&text, after);
    assert_false(sm_buf_failed(&text));
    status = fixture_read_slice(&fixture, type, sm_buf_view(&text), &event);
    sm_buf_deinit(&text);
    return status;
}
#endif
