/* A broker that does not answer must not keep the engine from its other work. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "engine/engine_priv.h"

enum { LIMIT_MS = 2000 };

struct broker {
    struct sm_source port;
    int64_t now_us;
    int64_t blocked_us;
    bool answers;
};

static int64_t now(void *context)
{
    return ((struct broker *)context)->now_us;
}

static enum sm_status watermarks(struct sm_source *port, struct sm_partition_id id, int timeout_ms,
                                 int64_t *low, int64_t *high, struct sm_err *err)
{
    struct broker *broker = (struct broker *)port;

    (void)id;
    if (!broker->answers) {
        broker->now_us += timeout_ms * 1000;
        broker->blocked_us += timeout_ms * 1000;
        return sm_err_set(err, SM_RETRY, SM_FROM_KAFKA, "no answer");
    }
    *low = 3;
    *high = 7;
    return SM_OK;
}

static const struct sm_source_ops ops = { .watermarks = watermarks };

static void a_silent_broker_takes_at_most_a_third_of_the_time(void **state)
{
    const struct sm_partition_id id = { SM_TOPIC_CONFIG, 0 };
    struct broker broker = { .port = { &ops }, .now_us = 1 };
    struct sm_clock clock = { .monotonic_us = now, .context = &broker };
    struct sm_engine *engine = calloc(1, sizeof(*engine));
    int64_t low = 0, high = 0;
    struct sm_err err;

    (void)state;
    assert_non_null(engine);
    engine->source = &broker.port;
    engine->clock = &clock;
    engine->options.watermarks_timeout_ms = LIMIT_MS;
    for (int step = 0; step < 100000; step++) {
        int64_t begin = broker.now_us;

        assert_int_equal(sm__position_watermarks(engine, id, &low, &high, &err), SM_RETRY);
        assert_true(broker.now_us - begin <= LIMIT_MS * 1000);
        broker.now_us += 1000; /* the engine's other work */
    }
    assert_in_range(broker.blocked_us * 100 / broker.now_us, 30, 34);
    broker.answers = true;
    broker.now_us += 2 * LIMIT_MS * 1000;
    assert_int_equal(sm__position_watermarks(engine, id, &low, &high, &err), SM_OK);
    assert_int_equal(low, 3);
    assert_int_equal(high, 7);
    free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_broker_takes_at_most_a_third_of_the_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
