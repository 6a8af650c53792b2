/* What is answered to whom, and that nothing old is told as if it were new. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_priv.h"

#define MADE_US INT64_C(1000000)

static struct sm_lag_snapshot lag;
static struct sm__http_pages *pages;
static struct sm__http_request request;
static struct sm__http_reply reply;

static void publish(void)
{
    const struct sm_http_view view = {.lag = &lag,
                                      .version = "1.2.3",
                                      .database_wall_us = SM_LAG_UNKNOWN,
                                      .kafka_wall_us = SM_LAG_UNKNOWN,
                                      .history = {SM_SLICE("{\"step_ms\":5000}")}};

    sm__http_pages_release(pages);
    pages = sm__http_pages_create(&view, 1, MADE_US);
    assert_non_null(pages);
}

static int set_up(void **state)
{
    (void)state;
    lag = (struct sm_lag_snapshot){.parked = {0, -1}, .dead_letters = {0, -1}};
    request = (struct sm__http_request){.method = "GET", .path = "/metrics", .host = "localhost"};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sm__http_pages_release(pages);
    pages = NULL;
    return 0;
}

static unsigned ask(const char *path, int64_t at_us)
{
    request.path = path;
    sm__http_route(&request, pages, at_us, &reply);
    return reply.status;
}

static bool says(const char *text)
{
    return memmem(reply.body.data, reply.body.size, text, strlen(text)) != NULL;
}

static void before_the_first_look_only_life_is_told(void **state)
{
    static const char *const paths[] = {"/readyz",        "/metrics",           "/api/v1/lag",
                                        "/api/v1/status", "/api/v1/partitions", "/api/v1/history"};

    (void)state;
    assert_int_equal(ask("/livez", MADE_US), 200);
    for (size_t i = 0; i < SM_ARRAY_COUNT(paths); i++) {
        assert_int_equal(ask(paths[i], MADE_US), 503);
        assert_true(says("nothing was looked at yet"));
    }
}

static void what_is_too_old_is_not_given(void **state)
{
    static const char *const paths[] = {"/readyz",        "/metrics",           "/api/v1/lag",
                                        "/api/v1/status", "/api/v1/partitions", "/api/v1/history"};

    (void)state;
    publish();
    for (size_t i = 0; i < SM_ARRAY_COUNT(paths); i++) {
        assert_int_equal(ask(paths[i], MADE_US + SM__HTTP_STALE_US), 200);
        assert_int_equal(ask(paths[i], MADE_US + SM__HTTP_STALE_US + 1), 503);
        assert_true(says("too old"));
    }
    assert_int_equal(ask("/livez", INT64_MAX), 200);
}

static void it_is_ready_when_both_answer_and_says_who_does_not(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask("/readyz", MADE_US), 200);
    (void)snprintf(lag.kafka_error, sizeof(lag.kafka_error), "no broker");
    publish();
    assert_int_equal(ask("/readyz", MADE_US), 503);
    assert_true(says("Kafka does not answer: no broker\n"));
    assert_false(says("PostgreSQL"));
    (void)snprintf(lag.database_error, sizeof(lag.database_error), "disk full");
    publish();
    assert_int_equal(ask("/readyz", MADE_US), 503);
    assert_true(says("PostgreSQL does not answer: disk full\n"));
    assert_int_equal(ask("/metrics", MADE_US), 200);
}

static void the_format_of_metrics_is_negotiated(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask("/metrics", MADE_US), 200);
    assert_string_equal(reply.type, "text/plain; version=0.0.4; charset=utf-8");
    assert_false(says("# EOF"));
    request.accept = "application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1";
    assert_int_equal(ask("/metrics", MADE_US), 200);
    assert_string_equal(reply.type,
                        "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_true(says("# EOF"));
}

static void the_page_may_load_what_this_server_has_and_documents_nothing(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask("/", MADE_US), 200);
    assert_true(reply.is_page && says("<html"));
    assert_int_equal(ask("/page.js", INT64_MAX), 200);
    assert_string_equal(reply.type, "text/javascript; charset=utf-8");
    assert_int_equal(ask("/api/v1/status", MADE_US), 200);
    assert_false(reply.is_page);
    assert_string_equal(reply.type, "application/json");
}

static void history_is_given_by_range(void **state)
{
    (void)state;
    publish();
    assert_int_equal(ask("/api/v1/history", MADE_US), 200);
    assert_true(says("{\"step_ms\":5000}"));
    request.range = "6h";
    assert_int_equal(ask("/api/v1/history", MADE_US), 503);
    assert_true(says("has not told the history yet"));
    request.range = "1y";
    assert_int_equal(ask("/api/v1/history", MADE_US), 400);
    request.range = NULL;
}

static void a_stream_is_one_line_of_data_and_its_number(void **state)
{
    struct sm_slice event;

    (void)state;
    assert_int_equal(ask("/api/v1/stream", MADE_US), 200);
    assert_true(reply.is_stream);
    publish();
    event = sm_buf_view(&pages->pages[SM__HTTP_EVENT]);
    assert_memory_equal(event.data, "id: 1\nevent: status\ndata: {", 27);
    assert_memory_equal(event.data + event.size - 3, "}\n\n", 3);
    assert_null(memchr(event.data + 27, '\n', event.size - 27 - 2));
}

static void nothing_is_written_and_no_other_name_is_answered(void **state)
{
    (void)state;
    publish();
    request.method = "POST";
    assert_int_equal(ask("/metrics", MADE_US), 405);
    assert_string_equal(reply.allow, "GET, HEAD");
    request.method = "HEAD";
    assert_int_equal(ask("/metrics", MADE_US), 200);
    assert_int_equal(ask("/metrics/", MADE_US), 404);
    assert_int_equal(ask("/../etc/passwd", MADE_US), 404);
    request.host = "evil.example";
    assert_int_equal(ask("/metrics", MADE_US), 403);
    assert_int_equal(ask("/livez", MADE_US), 403);
    request.host = NULL;
    assert_int_equal(ask("/metrics", MADE_US), 403);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(before_the_first_look_only_life_is_told, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_too_old_is_not_given, set_up, tear_down),
        cmocka_unit_test_setup_teardown(it_is_ready_when_both_answer_and_says_who_does_not, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_format_of_metrics_is_negotiated, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            the_page_may_load_what_this_server_has_and_documents_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(history_is_given_by_range, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_stream_is_one_line_of_data_and_its_number, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_written_and_no_other_name_is_answered, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
