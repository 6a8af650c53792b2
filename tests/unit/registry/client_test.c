/* What can never work is refused at once, in words, and without secrets. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "base/slice.h"
#include "registry/schemas.h"

static void refuse(const struct sm_registry_client *client, const char *expected)
{
    struct sm_schemas *schemas = NULL;
    struct sm_err err = { .status = SM_OK };

    assert_int_equal(sm_registry_client_check(client, &err), SM_FATAL);
    if (strstr(err.text, expected) == NULL)
        fail_msg("expected %s, found %s", expected, err.text);
    assert_null(strstr(err.text, "s3cret"));
    assert_int_equal(sm_registry_schemas_open(client, &schemas, &err), SM_FATAL);
    assert_null(schemas);
}

static void addresses_that_cannot_be_used(void **state)
{
    static char long_url[3000] = "http://host/";
    static const struct {
        const char *url;
        const char *expected;
    } cases[] = {
        { NULL, "it is empty" },
        { "", "it is empty" },
        { "localhost:8081", "http:// nor https://" },
        { "ftp://host/", "http:// nor https://" },
        { "file:///etc/passwd", "http:// nor https://" },
        { "/apis/ccompat/v7", "http:// nor https://" },
        { "http://", "cannot be used" },
        { "http://host:99999999/", "cannot be used" },
        { "http://ho st/", "cannot be used" },
        { "http://host/a\r\nX-Evil: 1", "cannot be used" },
        { "http://ann:s3cret@host/", "a user or password in it" },
        { "http://s3cret@host/", "a user or password in it" },
        { "http://host/path?key=s3cret", "'?' or '#'" },
        { "http://host/path#s3cret", "'?' or '#'" },
        { long_url, "longer than 2048 bytes" },
    };

    (void)state;
    memset(long_url + strlen(long_url), 'a', 2500);
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++)
        refuse(&(struct sm_registry_client){ .url = cases[i].url }, cases[i].expected);
}

static void credentials_that_cannot_be_used(void **state)
{
    static const char url[] = "http://host";
    static const struct {
        struct sm_registry_client client;
        const char *expected;
    } cases[] = {
        { { .url = url, .user = "ann", .token = "s3cret" }, "both a token and a user" },
        { { .url = url, .password = "s3cret", .token = "s3cret" }, "both a token and a user" },
        { { .url = url, .password = "s3cret" }, "no user" },
        { { .url = url, .user = "ann:s3cret" }, "colon" },
        { { .url = url, .user = "ann\n" }, "control character" },
        { { .url = url, .user = "ann", .password = "s3cret\n" }, "control character" },
        { { .url = url, .token = "s3cret\r\nX: y" }, "control character" },
        { { .url = url, .ca_file = "/no/such/file" }, "/no/such/file cannot be read" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++)
        refuse(&cases[i].client, cases[i].expected);
}

static void what_can_be_used(void **state)
{
    static const struct sm_registry_client clients[] = {
        { .url = "http://127.0.0.1:8081" },
        { .url = "https://registry.example.com/apis/ccompat/v7/" },
        { .url = "HTTP://[::1]:8081/a%20b" },
        { .url = "http://host", .user = "ann", .password = "a:b\xc3\xa9" },
        { .url = "http://host", .user = "", .password = "", .token = "", .ca_file = "" },
        { .url = "https://host", .token = "abc.def", .ca_file = "/etc/passwd" },
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(clients); i++) {
        struct sm_schemas *schemas = NULL;
        struct sm_err err;

        if (sm_registry_schemas_open(&clients[i], &schemas, &err) != SM_OK)
            fail_msg("%s: %s", clients[i].url, err.text);
        schemas->ops->close(schemas);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_cannot_be_used),
        cmocka_unit_test(credentials_that_cannot_be_used),
        cmocka_unit_test(what_can_be_used),
    };

    return cmocka_run_group_tests_name("registry client", tests, NULL, NULL);
}
