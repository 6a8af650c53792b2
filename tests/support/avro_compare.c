/* What this program's decoder and avro-c make of the same bytes, line by line, for
 * tests/contract/avro_differential_test.py.
 *
 * A line in: the writer's schema, the reader's schema, bytes in hexadecimal, with tabs between. A
 * line out: "ok" or "refused" and the value or the reason, by both schemas; the same by the
 * writer's alone; the same by avro-c; and the bytes that avro-c writes of it. */
#include <stdio.h>

#include "support/avro_oracle.h"
#include "support/avro_text.h"

static struct sm_arena arena, scratch;

static void print(const char *status, struct sm_buf *text)
{
    (void)printf("%s\t%s\t", status, text->size != 0 ? text->data : "");
}

static const char *decode(const struct sm_avro_schema *writer, const struct sm_avro_schema *reader,
                          struct sm_slice bytes, struct sm_buf *out)
{
    struct sm_avro_schema_fault schema_fault;
    struct sm_avro_fault fault;
    const struct sm_avro_plan *plan = NULL;
    struct sm_avro_datum datum;

    sm_arena_reset(&arena);
    if (sm_avro_plan_compile(writer, reader, &arena, &scratch, &plan, &schema_fault) != SM_OK) {
        sm_buf_append_text(out, schema_fault.reason);
        return "refused";
    }
    if (sm_avro_decode(plan, bytes, &arena, &datum, &fault) != SM_OK) {
        sm_buf_append_text(out, fault.reason);
        return "refused";
    }
    avro_text_append(reader, &datum.value, out);
    return "ok";
}

static void print_decoded(const char *writer_text, const char *reader_text, struct sm_slice bytes,
                          struct sm_buf *out)
{
    const struct sm_avro_schema *writer = NULL, *reader = NULL;
    struct sm_avro_schema_fault fault = { 0 };
    const char *status = "refused";

    sm_buf_reset(out);
    sm_arena_reset(&scratch);
    if (sm_avro_schema_read(sm_slice_of(writer_text), &scratch, &writer, &fault) != SM_OK ||
        sm_avro_schema_read(sm_slice_of(reader_text), &scratch, &reader, &fault) != SM_OK)
        sm_buf_append_text(out, fault.reason);
    else
        status = decode(writer, reader, bytes, out);
    print(status, out);
}

static void compare(char *line)
{
    char *rest = line;
    const char *writer = strsep(&rest, "\t"), *reader = strsep(&rest, "\t");
    struct sm_buf bytes, again, out;
    bool good;

    sm_buf_init(&bytes, 1 << 20);
    sm_buf_init(&again, 1 << 20);
    sm_buf_init(&out, 8 << 20);
    avro_text_unhex(rest, &bytes);
    print_decoded(writer, reader, sm_buf_view(&bytes), &out);
    print_decoded(writer, writer, sm_buf_view(&bytes), &out);
    sm_buf_reset(&out);
    good = avro_oracle_read(sm_slice_of(writer), sm_buf_view(&bytes), &out, &again);
    print(good ? "ok" : "refused", &out);
    for (size_t i = 0; i < again.size; i++)
        (void)printf("%02x", (uint8_t)again.data[i]);
    (void)printf("\n");
    sm_buf_deinit(&bytes);
    sm_buf_deinit(&again);
    sm_buf_deinit(&out);
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;

    if (!sm_arena_init(&arena, 32 << 20) || !sm_arena_init(&scratch, 32 << 20))
        return EXIT_FAILURE;
    while (getline(&line, &capacity, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        compare(line);
    }
    free(line);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
