/* Where the server listens, and by which names it lets itself be called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/http_priv.h"

static union sm__http_address address;
static struct sm_err err;

static void loopback_addresses_are_taken(void **state)
{
    (void)state;
    assert_int_equal(sm__http_address_parse("127.0.0.1:9464", &address, &err), SM_OK);
    assert_int_equal(address.any.sa_family, AF_INET);
    assert_int_equal(ntohl(address.v4.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(ntohs(address.v4.sin_port), 9464);
    assert_int_equal(sm__http_address_parse("localhost:0", &address, &err), SM_OK);
    assert_int_equal(ntohl(address.v4.sin_addr.s_addr), INADDR_LOOPBACK);
    assert_int_equal(sm__http_address_parse("[::1]:65535", &address, &err), SM_OK);
    assert_int_equal(address.any.sa_family, AF_INET6);
    assert_int_equal(ntohs(address.v6.sin6_port), 65535);
}

static void addresses_that_a_network_reaches_are_refused_with_what_to_do(void **state)
{
    static const char *const open[] = {"0.0.0.0:80", "192.168.1.2:80", "[::]:80", "[fe80::1]:80",
                                       "[::ffff:127.0.0.1]:80", "128.0.0.1:80"};

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(open); i++) {
        assert_int_equal(sm__http_address_parse(open[i], &address, &err), SM_FATAL);
        assert_non_null(strstr(err.text, "everybody on that network"));
        assert_non_null(strstr(err.text, "hint: listen at 127.0.0.1"));
    }
}

static void what_is_no_address_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",       ":80",         "127.0.0.1", "127.0.0.1:", "[::1",         "[::1]80",
        "::1:80", "127.1:80",    "[]:80",     "here:80",    "localhost:-1", "localhost:1x",
        "[::1:",  "[127.0.0.1",  "a:b:c",     "[::1]:",     "localhost:65536",
        "localhost:123456"};

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(wrong); i++) {
        assert_int_equal(sm__http_address_parse(wrong[i], &address, &err), SM_FATAL);
        assert_non_null(strstr(err.text, "not ADDRESS:PORT"));
    }
}

static void only_names_of_this_machine_itself_are_ours(void **state)
{
    static const char *const ours[] = {"localhost", "localhost:80", "127.0.0.1:9464", "[::1]",
                                       "[::1]:1"};
    static const char *const others[] = {"example.org",         "localhost.example.org",
                                         "127.0.0.1.nip.io:80", "10.0.0.1:80",
                                         "localhost:80:80",     "localhost@evil",
                                         "[::1]x",              "evil[::1]",
                                         ""};

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(ours); i++)
        assert_true(sm__http_host_is_ours(ours[i]));
    for (size_t i = 0; i < SM_ARRAY_COUNT(others); i++)
        assert_false(sm__http_host_is_ours(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_addresses_are_taken),
        cmocka_unit_test(addresses_that_a_network_reaches_are_refused_with_what_to_do),
        cmocka_unit_test(what_is_no_address_is_refused),
        cmocka_unit_test(only_names_of_this_machine_itself_are_ours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
