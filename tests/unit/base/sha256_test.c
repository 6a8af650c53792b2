/* SHA-256 by published vectors, and the framing of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/sha256.h"

static void hex_of(struct sm_sha256 *hash, char out[2 * SM_DIGEST_SIZE + 1])
{
    struct sm_digest digest;

    sm_sha256_end(hash, &digest);
    sm_digest_format(&digest, out);
}

/* FIPS 180-4's examples. */
static void the_published_vectors_hold(void **state)
{
    static const struct {
        const char *text;
        const char *hex;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    char hex[2 * SM_DIGEST_SIZE + 1];

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(rows); i++) {
        struct sm_sha256 hash;

        sm_sha256_init(&hash);
        sm_sha256_add(&hash, rows[i].text, strlen(rows[i].text));
        hex_of(&hash, hex);
        assert_string_equal(hex, rows[i].hex);
    }
}

/* Sizes around those that are gathered before they are hashed, too. */
static void a_million_a_in_pieces_of_every_size(void **state)
{
    static const size_t size_max[] = { 73, 513, 2000 };
    static char a[2000];

    (void)state;
    memset(a, 'a', sizeof(a));
    for (size_t i = 0; i < SM_ARRAY_COUNT(size_max); i++) {
        char hex[2 * SM_DIGEST_SIZE + 1];
        struct sm_sha256 hash;
        size_t left = 1000000;

        sm_sha256_init(&hash);
        for (size_t size = 0; left > 0; size = (size + 1) % size_max[i]) {
            size_t piece = size < left ? size : left;

            sm_sha256_add(&hash, a, piece);
            left -= piece;
        }
        hex_of(&hash, hex);
        assert_string_equal(hex,
                            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }
}

static void a_copy_goes_on_by_itself(void **state)
{
    struct sm_sha256 hash, copy;
    char hex[2 * SM_DIGEST_SIZE + 1];

    (void)state;
    sm_sha256_init(&hash);
    sm_sha256_add(&hash, "ab", 2);
    copy = hash;
    sm_sha256_add(&hash, "x", 1);
    sm_sha256_add(&copy, "c", 1);
    hex_of(&copy, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

/* The same bytes added by hand. */
static void fields_are_framed_as_the_header_says(void **state)
{
    uint8_t text[200], frame[8] = { 0 };

    (void)state;
    memset(text, 'x', sizeof(text));
    for (size_t size = 0; size <= sizeof(text); size++) {
        struct sm_sha256 framed, by_hand;
        struct sm_digest a, b;

        frame[7] = (uint8_t)size;
        sm_sha256_init(&framed);
        sm_sha256_add_slice(&framed, (struct sm_slice){ text, size });
        sm_sha256_end(&framed, &a);
        sm_sha256_init(&by_hand);
        sm_sha256_add(&by_hand, frame, 8);
        sm_sha256_add(&by_hand, text, size);
        sm_sha256_end(&by_hand, &b);
        assert_true(sm_digest_equal(&a, &b));
    }
}

static void absent_and_empty_and_numbers_differ(void **state)
{
    struct sm_sha256 absent, empty, number;
    struct sm_digest a, b, c;

    (void)state;
    sm_sha256_init(&absent);
    sm_sha256_add_slice(&absent, SM_SLICE_NONE);
    sm_sha256_end(&absent, &a);
    sm_sha256_init(&empty);
    sm_sha256_add_slice(&empty, SM_SLICE(""));
    sm_sha256_end(&empty, &b);
    sm_sha256_init(&number);
    sm_sha256_add_i64(&number, -1);
    sm_sha256_end(&number, &c);
    assert_false(sm_digest_equal(&a, &b));
    assert_true(sm_digest_equal(&a, &c)); /* an absent slice is the length -1 and no bytes */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_vectors_hold),
        cmocka_unit_test(a_million_a_in_pieces_of_every_size),
        cmocka_unit_test(a_copy_goes_on_by_itself),
        cmocka_unit_test(fields_are_framed_as_the_header_says),
        cmocka_unit_test(absent_and_empty_and_numbers_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
