/* The JSON reader: values, arrays, objects. Recursion goes no deeper than SM_JSON_DEPTH_MAX. */
#include "base/base_priv.h"

bool sm__json_refuse(struct sm__json_reader *reader, const uint8_t *at, const char *reason)
{
    reader->status = SM_REJECT;
    reader->fault->offset = (size_t)(at - reader->begin);
    reader->fault->reason = reason;
    return false;
}

/* Moves to the next byte that is no white space, and returns it; 0, which begins nothing, at the
 * end of the input. */
static uint8_t next_byte(struct sm__json_reader *reader)
{
    for (; reader->at < reader->end; reader->at++) {
        uint8_t byte = *reader->at;

        if (byte > ' ' || (byte != ' ' && byte != '\n' && byte != '\r' && byte != '\t'))
            return byte;
    }
    return 0;
}

static struct sm_json *new_node(struct sm__json_reader *reader, enum sm_json_type type)
{
    struct sm_json *node;

    if (reader->nodes == SM_JSON_NODES_MAX) {
        (void)sm__json_refuse(reader, reader->at, "more than 65536 values");
        return NULL;
    }
    node = sm_arena_alloc(reader->arena, sizeof(*node));
    if (node == NULL) {
        reader->status = SM_LIMIT;
        return NULL;
    }
    reader->nodes++;
    *node = (struct sm_json){ .type = type };
    return node;
}

static struct sm_json *read_value(struct sm__json_reader *reader);

/* After `[` or `{`: counts the level. */
static bool open_container(struct sm__json_reader *reader)
{
    if (reader->depth == SM_JSON_DEPTH_MAX)
        return sm__json_refuse(reader, reader->at, "nested deeper than 64 levels");
    reader->at++;
    reader->depth++;
    return true;
}

/* After an element: true if another one follows; at the end of the container `*closed` is set. */
static bool read_separator(struct sm__json_reader *reader, uint8_t close, bool *closed)
{
    uint8_t byte = next_byte(reader);

    if (byte != ',' && byte != close)
        return sm__json_refuse(reader, reader->at,
                               close == ']' ? "expected ',' or ']'" : "expected ',' or '}'");
    reader->at++;
    *closed = byte == close;
    return true;
}

/* True if the container ends before it has begun. */
static bool closes_at_once(struct sm__json_reader *reader, uint8_t close)
{
    if (next_byte(reader) != close)
        return false;
    reader->at++;
    return true;
}

static bool read_elements(struct sm__json_reader *reader, struct sm_json *array)
{
    struct sm_json **tail = &array->first;
    bool closed;

    if (!open_container(reader))
        return false;
    closed = closes_at_once(reader, ']');
    while (!closed) {
        struct sm_json *element = read_value(reader);

        if (element == NULL || !read_separator(reader, ']', &closed))
            return false;
        *tail = element;
        tail = &element->next;
        array->count++;
    }
    reader->depth--;
    return true;
}

static struct sm_json *read_member(struct sm__json_reader *reader)
{
    struct sm_slice name;
    struct sm_json *member;

    if (next_byte(reader) != '"') {
        (void)sm__json_refuse(reader, reader->at, "expected a member's name in quotes");
        return NULL;
    }
    reader->at++;
    if (!sm__json_read_string(reader, &name))
        return NULL;
    if (next_byte(reader) != ':') {
        (void)sm__json_refuse(reader, reader->at, "expected ':'");
        return NULL;
    }
    reader->at++;
    member = read_value(reader);
    if (member != NULL)
        member->name = name;
    return member;
}

static bool read_members(struct sm__json_reader *reader, struct sm_json *object)
{
    struct sm__json_members members = { .first = NULL };
    bool closed;

    if (!open_container(reader))
        return false;
    closed = closes_at_once(reader, '}');
    while (!closed) {
        struct sm_json *member = read_member(reader);

        if (member == NULL || !read_separator(reader, '}', &closed))
            return false;
        sm__json_members_add(&members, member);
    }
    sm__json_members_end(&members);
    object->first = members.first;
    object->count = members.count;
    reader->depth--;
    return true;
}

/* A word of the language; `at` is at its first letter. */
static bool read_literal(struct sm__json_reader *reader, const char *word, size_t size)
{
    if ((size_t)(reader->end - reader->at) < size || memcmp(reader->at, word, size) != 0)
        return sm__json_refuse(reader, reader->at, "expected a value");
    reader->at += size;
    return true;
}

/* What a value's first byte says that it is. */
static bool type_of(uint8_t first, enum sm_json_type *out)
{
    switch (first) {
    case '{':
        *out = SM_JSON_OBJECT;
        return true;
    case '[':
        *out = SM_JSON_ARRAY;
        return true;
    case '"':
        *out = SM_JSON_STRING;
        return true;
    case 't':
    case 'f':
        *out = SM_JSON_BOOL;
        return true;
    case 'n':
        *out = SM_JSON_NULL;
        return true;
    default:
        *out = SM_JSON_NUMBER;
        return first == '-' || (first >= '0' && first <= '9');
    }
}

static bool read_content(struct sm__json_reader *reader, struct sm_json *node)
{
    switch (node->type) {
    case SM_JSON_OBJECT:
        return read_members(reader, node);
    case SM_JSON_ARRAY:
        return read_elements(reader, node);
    case SM_JSON_STRING:
        reader->at++;
        return sm__json_read_string(reader, &node->text);
    case SM_JSON_NUMBER:
        return sm__json_read_number(reader, &node->text);
    case SM_JSON_BOOL:
        node->boolean = *reader->at == 't';
        return node->boolean ? read_literal(reader, "true", 4) : read_literal(reader, "false", 5);
    case SM_JSON_NULL:
        return read_literal(reader, "null", 4);
    }
    return false;
}

static struct sm_json *read_value(struct sm__json_reader *reader)
{
    enum sm_json_type type;
    struct sm_json *node;

    if (!type_of(next_byte(reader), &type)) {
        (void)sm__json_refuse(reader, reader->at, "expected a value");
        return NULL;
    }
    node = new_node(reader, type);
    if (node == NULL || !read_content(reader, node))
        return NULL;
    return node;
}

enum sm_status sm_json_read(struct sm_slice input, struct sm_arena *arena, struct sm_json **out,
                            struct sm_json_fault *fault)
{
    /* An absent input is an empty one; a pointer that exists spares every loop the question. */
    const uint8_t *begin = input.size != 0 ? input.data : (const uint8_t *)"";
    struct sm__json_reader reader = {
        .begin = begin,
        .at = begin,
        .end = begin + input.size,
        .arena = arena,
        .fault = fault,
        .status = SM_OK,
    };
    struct sm_json *root = read_value(&reader);

    if (root == NULL)
        return reader.status;
    (void)next_byte(&reader);
    if (reader.at != reader.end) {
        (void)sm__json_refuse(&reader, reader.at, "bytes after the end of the document");
        return reader.status;
    }
    *out = root;
    return SM_OK;
}
