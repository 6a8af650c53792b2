/* Who is let in: basic authentication, bearer tokens, TLS with an authority of one's own. */
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

#include "contract/registry_rig.h"

static char folder[] = "/tmp/secretmagic-test-registry-XXXXXX";
static char authority[64], other_authority[64], certificate[64], key[64], both[64];

/* Asks for a schema that is not there, once. */
static void ask_once(struct registry_rig *rig, struct answers *answers)
{
    struct sm_schemas *schemas = rig->rig.open(rig);

    rig->rig.unknown_id = 7;
    answers_init(answers, &rig->rig);
    ask_for(schemas, 7);
    await_answers(&rig->rig, schemas, answers, 1);
    schemas->ops->close(schemas);
    assert_int_equal(answers->count, 1);
}

static void assert_let_in(struct registry_rig *rig)
{
    static struct answers answers;

    ask_once(rig, &answers);
    if (answers.list[0].outcome != SM_SCHEMAS_UNKNOWN)
        fail_msg("%s", answers.list[0].text);
}

static void assert_kept_out(struct registry_rig *rig, const char *expected)
{
    static struct answers answers;

    ask_once(rig, &answers);
    print_message("%s\n", answers.list[0].text);
    assert_int_equal(answers.list[0].outcome, SM_SCHEMAS_AWAY);
    assert_non_null(strstr(answers.list[0].text, expected));
    assert_null(strstr(answers.list[0].text, "s3cret"));
}

static void a_user_and_password_are_told(void **state)
{
    static const char *const arguments[] = { "--user", "ann:s3cret:colon", NULL };
    struct registry_rig rig = { .server = 0 };

    (void)state;
    registry_rig_open(&rig, arguments);
    assert_kept_out(&rig, "does not let us in (HTTP status 401)");
    rig.client.user = "ann";
    assert_kept_out(&rig, "does not let us in");
    rig.client.password = "s3cret";
    assert_kept_out(&rig, "does not let us in");
    rig.client.password = "s3cret:colon";
    assert_let_in(&rig);
    registry_rig_close(&rig);
}

static void a_token_is_told(void **state)
{
    static const char *const arguments[] = { "--token", "s3cret.token", NULL };
    struct registry_rig rig = { .server = 0 };

    (void)state;
    registry_rig_open(&rig, arguments);
    rig.client.token = "s3cret.other";
    assert_kept_out(&rig, "--registry-token");
    rig.client.token = "s3cret.token";
    assert_let_in(&rig);
    registry_rig_close(&rig);
}

static void the_path_is_part_of_the_address(void **state)
{
    static const char *const arguments[] = { "--path", "", NULL };
    struct registry_rig rig = { .server = 0 };

    (void)state;
    registry_rig_open(&rig, arguments);
    assert_kept_out(&rig, "is the path in --registry right");
    (void)snprintf(rig.url, sizeof(rig.url), "http://127.0.0.1:%d", rig.port);
    assert_let_in(&rig);
    (void)snprintf(rig.url, sizeof(rig.url), "http://localhost:%d///", rig.port);
    assert_let_in(&rig);
    registry_rig_close(&rig);
}

/* ---- TLS ---- */

static void shell(const char *command)
{
    if (system(command) != 0)
        fail_msg("%s", command);
}

static int make_certificates(void **state)
{
    char command[2048];

    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(authority, sizeof(authority), "%s/ca.pem", folder);
    (void)snprintf(other_authority, sizeof(other_authority), "%s/other.pem", folder);
    (void)snprintf(certificate, sizeof(certificate), "%s/cert.pem", folder);
    (void)snprintf(key, sizeof(key), "%s/key.pem", folder);
    (void)snprintf(both, sizeof(both), "%s/both.pem", folder);
    (void)snprintf(command, sizeof(command),
                   "exec >/dev/null 2>&1; cd %s && for name in ca other; do openssl req -x509 "
                   "-newkey rsa:2048 -nodes -subj /CN=$name -days 2 -keyout $name.key -out "
                   "$name.pem || exit 1; done; printf 'subjectAltName=IP:127.0.0.1' >ext && "
                   "openssl req -newkey rsa:2048 -nodes -subj /CN=registry -keyout key.pem -out "
                   "cert.csr && openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key "
                   "-CAcreateserial -days 2 -extfile ext -out cert.pem && "
                   "cat cert.pem key.pem >both.pem",
                   folder);
    shell(command);
    return 0;
}

static int remove_certificates(void **state)
{
    char command[128];

    (void)state;
    (void)snprintf(command, sizeof(command), "rm -rf %s", folder);
    shell(command);
    return 0;
}

static void a_certificate_must_be_trusted(void **state)
{
    const char *const arguments[] = { "--cert", certificate, "--key", key, NULL };
    struct registry_rig rig = { .server = 0 };

    (void)state;
    registry_rig_open(&rig, arguments);
    assert_kept_out(&rig, "gives no answer"); /* http to a server that speaks https */
    (void)snprintf(rig.url, sizeof(rig.url), "https://127.0.0.1:%d%s", rig.port, rig.path);
    assert_kept_out(&rig, "--registry-ca");
    rig.client.ca_file = other_authority;
    assert_kept_out(&rig, "--registry-ca");
    rig.client.ca_file = key; /* holds no certificate */
    assert_kept_out(&rig, "--registry-ca");
    rig.client.ca_file = authority;
    assert_let_in(&rig);
    /* The certificate is for the address, not for the name. */
    (void)snprintf(rig.url, sizeof(rig.url), "https://localhost:%d%s", rig.port, rig.path);
    assert_kept_out(&rig, "gives no answer");
    registry_rig_close(&rig);
}

static void a_registry_may_ask_for_a_certificate_of_ours(void **state)
{
    const char *const arguments[] = { "--cert",      certificate, "--key", key,
                                      "--client-ca", authority,   NULL };
    struct registry_rig rig = { .server = 0 };
    struct sm_schemas *schemas;
    struct sm_err err;

    (void)state;
    registry_rig_open(&rig, arguments);
    (void)snprintf(rig.url, sizeof(rig.url), "https://127.0.0.1:%d%s", rig.port, rig.path);
    rig.client.ca_file = authority;
    assert_kept_out(&rig, "--registry-certificate");
    rig.client.certificate_file = other_authority; /* the right kind of file, and not its key */
    rig.client.key_file = key;
    assert_kept_out(&rig, "--registry-certificate");
    rig.client.certificate_file = certificate;
    assert_let_in(&rig);
    rig.client.certificate_file = both;
    rig.client.key_file = NULL;
    assert_let_in(&rig);
    rig.client.certificate_file = NULL;
    rig.client.key_file = key;
    assert_int_equal(sm_registry_schemas_open(&rig.client, &schemas, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "no certificate"));
    rig.client.certificate_file = "/nonexistent.pem";
    assert_int_equal(sm_registry_schemas_open(&rig.client, &schemas, &err), SM_FATAL);
    assert_non_null(strstr(err.text, "/nonexistent.pem"));
    registry_rig_close(&rig);
}

static void https_to_a_server_without_it_is_away(void **state)
{
    struct registry_rig rig = { .server = 0 };

    (void)state;
    registry_rig_open(&rig, NULL);
    (void)snprintf(rig.url, sizeof(rig.url), "https://127.0.0.1:%d%s", rig.port, rig.path);
    assert_kept_out(&rig, "TLS");
    registry_rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_and_password_are_told),
        cmocka_unit_test(a_token_is_told),
        cmocka_unit_test(the_path_is_part_of_the_address),
        cmocka_unit_test(a_certificate_must_be_trusted),
        cmocka_unit_test(a_registry_may_ask_for_a_certificate_of_ours),
        cmocka_unit_test(https_to_a_server_without_it_is_away),
    };

    return cmocka_run_group_tests_name("who a registry lets in", tests, make_certificates,
                                       remove_certificates);
}
