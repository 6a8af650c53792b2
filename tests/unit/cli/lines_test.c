/* Lines from a descriptor: cut anywhere by read(2), too long, without an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/lines.h"

#define LINE_SIZE_MAX 8

/* Feeds `text` in pieces of `piece` bytes and collects "line|" or "(long)|" for each line. */
static void collect(const char *text, size_t piece, char *out, size_t out_size, uint64_t *bytes)
{
    struct sm__lines lines;
    struct sm_err err;
    size_t fed = 0, size = strlen(text), used = 0;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_true(sm__lines_init(&lines, ends[0], LINE_SIZE_MAX));
    out[0] = '\0';
    for (;;) {
        struct sm_slice line;
        enum sm_status status = sm__lines_next(&lines, &line);

        if (status == SM_STOP)
            break;
        if (status == SM_AGAIN) {
            size_t next = size - fed < piece ? size - fed : piece;

            if (next > 0)
                assert_int_equal(write(ends[1], text + fed, next), (ssize_t)next);
            fed += next;
            if (fed == size && ends[1] >= 0) {
                assert_int_equal(close(ends[1]), 0);
                ends[1] = -1;
            }
            assert_int_equal(sm__lines_fill(&lines, &err), SM_OK);
            continue;
        }
        used += (size_t)snprintf(out + used, out_size - used, "%.*s|",
                                 status == SM_LIMIT ? 6 : (int)line.size,
                                 status == SM_LIMIT ? "(long)" : (const char *)line.data);
    }
    *bytes = lines.bytes;
    sm__lines_deinit(&lines);
    (void)close(ends[0]);
}

static void lines_are_the_same_however_the_input_is_cut(void **state)
{
    static const struct {
        const char *text, *lines;
    } cases[] = {
        {"", ""},
        {"\n", "|"},
        {"a", "a|"},
        {"a\nb\n", "a|b|"},
        {"a\n\nb", "a||b|"},
        {"12345678\n1\n", "12345678|1|"},
        {"12345678", "12345678|"},
        {"123456789\n1\n", "(long)|1|"},
        {"1\n1234567890123456789012345\n2\n", "1|(long)|2|"},
        {"123456789", "(long)|"},
        {"123456789012345678\n123456789\n\n3", "(long)|(long)||3|"},
    };

    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(cases); i++) {
        for (size_t piece = 1; piece <= 20; piece++) {
            char out[128];
            uint64_t bytes;

            collect(cases[i].text, piece, out, sizeof(out), &bytes);
            assert_string_equal(out, cases[i].lines);
            assert_int_equal(bytes, strlen(cases[i].text));
        }
    }
}

static void what_cannot_be_read_is_an_error_with_its_reason(void **state)
{
    struct sm__lines lines;
    struct sm_err err = {.text = ""};

    (void)state;
    assert_true(sm__lines_init(&lines, -1, LINE_SIZE_MAX));
    assert_int_equal(sm__lines_fill(&lines, &err), SM_FATAL);
    assert_string_equal(err.text, "cannot read the input: Bad file descriptor");
    sm__lines_deinit(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_the_same_however_the_input_is_cut),
        cmocka_unit_test(what_cannot_be_read_is_an_error_with_its_reason),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
