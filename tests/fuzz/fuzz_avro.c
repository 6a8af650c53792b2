/* Schemas, their resolution and the decoder on any input. Laws: the same input gives the same
 * result; a decoding takes a bounded number of steps and no more of the arena than was promised; a
 * schema's canonical form (without namespaces) is a schema with the same canonical form; what is
 * decoded is there, every part of it; a refusal has a reason, and lies within the input.
 *
 * An input is the writer's schema, a line end, the reader's schema (empty: the writer's), a line
 * end, and the bytes. */
#include "base/utf8.h"
#include "codec/avro_plan.h"
#include "fuzz/fuzz.h"

static struct sm_arena arena, scratch, values;

static struct sm_slice cut_line(struct sm_slice *rest)
{
    const uint8_t *end = rest->size == 0 ? NULL : memchr(rest->data, '\n', rest->size);
    struct sm_slice line = *rest;

    if (end == NULL) {
        *rest = SM_SLICE("");
        return line;
    }
    line.size = (size_t)(end - rest->data);
    rest->data = end + 1;
    rest->size -= line.size + 1;
    return line;
}

static const struct sm_avro_schema *read_schema(struct sm_slice text)
{
    const struct sm_avro_schema *schema = NULL;
    struct sm_avro_schema_fault fault;
    enum sm_status status = sm_avro_schema_read(text, &scratch, &schema, &fault);
    size_t chars;

    SM_ASSERT(status == SM_OK || status == SM_REJECT);
    SM_ASSERT((status == SM_OK) == (schema != NULL));
    if (status == SM_REJECT)
        SM_ASSERT(fault.reason[0] != '\0' && fault.offset <= text.size);
    (void)sm_utf8_count(sm_slice_of(fault.reason), &chars);
    return schema;
}

static void check_canonical(const struct sm_avro_schema *schema)
{
    struct sm_slice text, again;
    const struct sm_avro_schema *reread;

    if (sm_avro_schema_canonical(schema, &scratch, &text) != SM_OK)
        return; /* names of many levels, written out */
    if (memchr(text.data, '.', text.size) != NULL)
        return; /* a name without a namespace means another one inside of a namespace */
    reread = read_schema(text);
    if (reread == NULL || sm_avro_schema_canonical(reread, &scratch, &again) != SM_OK)
        return; /* it may be larger than a schema may be */
    SM_ASSERT(sm_slice_equal(text, again) && sm_avro_crc64(text) == sm_avro_crc64(again));
}

/* Counts what is in a value, and looks at each byte of it. */
static unsigned long visit(const struct sm_avro_value *value)
{
    unsigned long count = 1, seen = 0;
    const struct sm_avro_value *item = value->items;
    size_t chars;

    SM_ASSERT(value->there && value->type < SM_AVRO_UNION);
    switch ((enum sm_avro_type)value->type) {
    case SM_AVRO_STRING:
    case SM_AVRO_ENUM:
        SM_ASSERT(sm_utf8_count(value->bytes, &chars));
        break;
    case SM_AVRO_RECORD:
        for (uint32_t i = 0; i < value->count; i++)
            count += visit(&value->items[i]);
        break;
    case SM_AVRO_ARRAY:
    case SM_AVRO_MAP:
        for (; item != NULL; item = item->next, seen++)
            count += visit(item);
        SM_ASSERT(seen == (value->type == SM_AVRO_MAP ? 2ul : 1ul) * value->count);
        break;
    case SM_AVRO_BYTES:
    case SM_AVRO_FIXED:
        for (size_t i = 0; i < value->bytes.size; i++)
            count += value->bytes.data[i] == 0;
        break;
    case SM_AVRO_NULL:
    case SM_AVRO_BOOLEAN:
    case SM_AVRO_INT:
    case SM_AVRO_LONG:
    case SM_AVRO_FLOAT:
    case SM_AVRO_DOUBLE:
    case SM_AVRO_UNION:
        break;
    }
    return count;
}

static void decode(const struct sm_avro_plan *plan, struct sm_slice bytes)
{
    struct sm_avro_datum datum, again;
    struct sm_avro_fault fault, same;
    uint64_t bound = (uint64_t)sm_avro_plan_size(plan) * (bytes.size + SM_AVRO_EMPTY_ITEMS_MAX + 1);
    enum sm_status status = sm_avro_decode(plan, bytes, &values, &datum, &fault);
    unsigned long visited = 0;

    SM_ASSERT(status == SM_OK || status == SM_REJECT);
    SM_ASSERT(datum.steps <= bound && datum.steps <= SM_AVRO_STEPS_MAX);
    if (status == SM_OK)
        visited = visit(&datum.value);
    else
        SM_ASSERT(fault.reason != NULL && fault.offset <= bytes.size);
    sm_arena_reset(&values);
    SM_ASSERT(sm_avro_decode(plan, bytes, &values, &again, &same) == status);
    SM_ASSERT(again.steps == datum.steps && same.offset == fault.offset);
    SM_ASSERT(status != SM_OK || visit(&again.value) == visited);
    SM_ASSERT(strcmp(same.path, fault.path) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sm_slice rest = { data, size };
    struct sm_slice texts[2];
    const struct sm_avro_schema *writer, *reader;
    const struct sm_avro_plan *plan = NULL;
    struct sm_avro_schema_fault fault;

    if (arena.base == NULL)
        SM_ASSERT(sm_arena_init(&arena, 32 << 20) && sm_arena_init(&scratch, 64 << 20) &&
                  sm_arena_init(&values, SM_AVRO_VALUE_ARENA_SIZE));
    sm_arena_reset(&arena);
    sm_arena_reset(&scratch);
    sm_arena_reset(&values);
    texts[0] = cut_line(&rest);
    texts[1] = cut_line(&rest);
    writer = read_schema(texts[0]);
    if (writer == NULL)
        return 0;
    check_canonical(writer);
    reader = texts[1].size == 0 ? writer : read_schema(texts[1]);
    if (reader != NULL &&
        sm_avro_plan_compile(writer, reader, &arena, &scratch, &plan, &fault) == SM_OK)
        decode(plan, rest);
    return 0;
}

#ifdef SM_FUZZ
/* Knows the parts of an input: mostly bytes that mean much to the decoder are put at a place of the
 * message, or the message is cut or doubled, so that the schemas stay schemas; else libFuzzer's own
 * changes, of all of it or of the message. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed);

static size_t put_number(uint8_t *message, size_t size, size_t size_max, unsigned seed)
{
    static const char *const numbers[] = {
        "\x01",
        "\x02",
        "\x03",
        "\x04",
        "\x06",
        "\x7e",
        "\x7f",
        "\x80\x08",
        "\x80\x80\x08",
        "\xfe\xff\xff\xff\x0f",
        "\xff\xff\xff\xff\x0f",
        "\x80\x80\x80\x80\x10",
        "\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02",
    };
    struct sm_slice number = sm_slice_of(numbers[seed % SM_ARRAY_COUNT(numbers)]);
    size_t at = size == 0 ? 0 : seed / 64 % (size + 1);
    size_t over = seed / 32 % 2 < size - at ? seed / 32 % 2 : size - at;

    if (size + number.size - over > size_max)
        return size;
    memmove(message + at + number.size, message + at + over, size - at - over);
    memcpy(message + at, number.data, number.size);
    return size + number.size - over;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned seed)
{
    struct sm_slice rest = { data, size };
    size_t head;

    (void)cut_line(&rest);
    (void)cut_line(&rest);
    head = size - rest.size;
    if (seed % 8 == 0)
        return LLVMFuzzerMutate(data, size, size_max);
    if (seed % 8 < 3)
        return head + LLVMFuzzerMutate(data + head, rest.size, size_max - head);
    return head + put_number(data + head, rest.size, size_max - head, seed / 8);
}
#endif
