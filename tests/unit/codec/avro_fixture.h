#ifndef SM_UNIT_CODEC_AVRO_FIXTURE_H
#define SM_UNIT_CODEC_AVRO_FIXTURE_H
/* Decodings of bytes written in hexadecimal, by schemas written as text. Each test program includes
 * it once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/avro_text.h"

static struct sm_arena arena, scratch;
static struct sm_avro_schema_fault schema_fault;
static struct sm_avro_fault fault;
static struct sm_avro_datum datum;
static struct sm_buf text;

static inline int open_arenas(void **state)
{
    (void)state;
    sm_buf_init(&text, 1 << 20);
    return sm_arena_init(&arena, 32 << 20) && sm_arena_init(&scratch, 32 << 20) ? 0 : -1;
}

static inline int close_arenas(void **state)
{
    (void)state;
    sm_arena_deinit(&arena);
    sm_arena_deinit(&scratch);
    sm_buf_deinit(&text);
    return 0;
}

static inline const struct sm_avro_schema *schema_of(const char *json)
{
    const struct sm_avro_schema *schema = NULL;

    if (sm_avro_schema_read(sm_slice_of(json), &scratch, &schema, &schema_fault) != SM_OK)
        fail_msg("%s: %s", json, schema_fault.reason);
    return schema;
}

/* The status of compiling; then of decoding, with `text` the value's or the fault's. */
static inline enum sm_status decode_hex(const char *writer, const char *reader, const char *hex)
{
    const struct sm_avro_schema *written, *read;
    const struct sm_avro_plan *plan = NULL;
    struct sm_buf bytes;
    enum sm_status status;

    sm_arena_reset(&arena);
    sm_arena_reset(&scratch);
    sm_buf_reset(&text);
    sm_buf_init(&bytes, 1 << 20);
    avro_text_unhex(hex, &bytes);
    written = schema_of(writer);
    read = schema_of(reader != NULL ? reader : writer);
    status = sm_avro_plan_compile(written, read, &arena, &scratch, &plan, &schema_fault);
    if (status == SM_OK) {
        status = sm_avro_decode(plan, sm_buf_view(&bytes), &arena, &datum, &fault);
        if (status == SM_OK)
            avro_text_append(read, &datum.value, &text);
        else
            sm_buf_printf(&text, "%zu %s: %s", fault.offset, fault.path, fault.reason);
        if (status != SM_OK && fault.unresolved)
            sm_buf_printf(&text, ": %s", fault.name);
    } else {
        sm_buf_printf(&text, "compile: %s", schema_fault.reason);
    }
    sm_buf_deinit(&bytes);
    return status;
}

struct decoding {
    const char *writer;
    const char *reader; /* NULL: the writer's */
    const char *hex;
    const char *expected; /* the value, or what is wrong */
};

static inline void check_decodings(const struct decoding *rows, size_t count, enum sm_status status)
{
    for (size_t i = 0; i < count; i++) {
        enum sm_status found = decode_hex(rows[i].writer, rows[i].reader, rows[i].hex);

        if (found != status || strcmp(text.data, rows[i].expected) != 0)
            fail_msg("row %zu: %s [%s] gives %s: %s; expected %s", i, rows[i].writer, rows[i].hex,
                     sm_status_name(found), text.data, rows[i].expected);
    }
}
#endif
