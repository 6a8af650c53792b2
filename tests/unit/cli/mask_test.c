/* What of a connection string may be logged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/mask.h"

static void passwords_are_replaced_and_nothing_else(void **state)
{
    static const struct {
        const char *conninfo, *masked;
    } cases[] = {
        {"", ""},
        {"host=a port=5432 user=u dbname=d", "host=a port=5432 user=u dbname=d"},
        {"host=a password=hunter2 user=u", "host=a password=*** user=u"},
        {"password='a b\\' c' host=a", "password=*** host=a"},
        {" PASSWORD = x\\ y host = a ", " PASSWORD = *** host = a"},
        {"host=a sslpassword=x sslkey=file", "host=a sslpassword=*** sslkey=file"},
        {"host='a b' password=", "host='a b' password=***"},
        {"hunter2", "***"},
        {"host=a password x", "host=a***"},
        {"postgresql://u:hunter2@h:5432/d", "postgresql://u:***@h:5432/d"},
        {"postgresql://u:hun@ter2@h/d", "postgresql://u:***@h/d"},
        {"postgres://u@h:5432/d?password=x&sslmode=require",
         "postgres://u@h:5432/d?password=***&sslmode=require"},
        {"postgresql://h/d?sslmode=require&sslpassword=a%20b",
         "postgresql://h/d?sslmode=require&sslpassword=***"},
        {"postgresql://", "postgresql://"},
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        struct sm_buf out;

        sm_buf_init(&out, 1024);
        sm_buf_append_text(&out, "");
        sm__mask_append(&out, cases[i].conninfo);
        assert_string_equal(out.data, cases[i].masked);
        sm_buf_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(passwords_are_replaced_and_nothing_else)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
