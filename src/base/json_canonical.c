/* Canonical text: exactly what jsonb_out prints. First measured, then written without checks into
 * memory of just that size. */
#include "base/base_priv.h"

/* Bytes before the first that canonical strings escape; `size` if there is none. */
static size_t unescaped_prefix(const uint8_t *at, size_t size)
{
    size_t done = 0;

    while (size - done >= 8) {
        uint64_t special = sm__special_bytes(sm__load_word(at + done));

        if (special == 0) {
            done += 8;
            continue;
        }
        done += (size_t)__builtin_ctzll(special) / 8;
        if (at[done] < 0x80)
            return done;
        done++; /* part of a character outside ASCII, which stays as it is */
    }
    while (done < size && at[done] >= 0x20 && at[done] != '"' && at[done] != '\\')
        done++;
    return done;
}

/* The letter of a two-character escape, 0 if the byte is written as \u00XX. */
static uint8_t escape_letter(uint8_t byte)
{
    switch (byte) {
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return byte;
    default:
        return 0;
    }
}

static size_t string_size(struct sm_slice text)
{
    size_t size = 2 + text.size;

    for (size_t at = 0; at < text.size; at++) {
        at += unescaped_prefix(text.data + at, text.size - at);
        if (at < text.size)
            size += escape_letter(text.data[at]) != 0 ? 1 : 5;
    }
    return size;
}

static uint8_t *put_escape(uint8_t *out, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t letter = escape_letter(byte);

    *out++ = '\\';
    if (letter != 0) {
        *out++ = letter;
        return out;
    }
    memcpy(out, "u00", 3);
    out[3] = (uint8_t)digits[byte >> 4];
    out[4] = (uint8_t)digits[byte & 0x0f];
    return out + 5;
}

static uint8_t *put_string(uint8_t *out, struct sm_slice text)
{
    size_t at = 0;

    *out++ = '"';
    while (at < text.size) {
        size_t plain = unescaped_prefix(text.data + at, text.size - at);

        memcpy(out, text.data + at, plain);
        out += plain;
        at += plain;
        if (at < text.size)
            out = put_escape(out, text.data[at++]);
    }
    *out++ = '"';
    return out;
}

static uint8_t *put_text(uint8_t *out, const char *text, size_t size)
{
    memcpy(out, text, size);
    return out + size;
}

/* Bytes of a node's text; recursion is as deep as the document, which its reader has bounded. */
static size_t node_size(const struct sm_json *node)
{
    size_t size = 2; /* the brackets */

    switch (node->type) {
    case SM_JSON_NULL:
        return sizeof("null") - 1;
    case SM_JSON_BOOL:
        return node->boolean ? sizeof("true") - 1 : sizeof("false") - 1;
    case SM_JSON_NUMBER:
        return sm__json_number_size(node->text);
    case SM_JSON_STRING:
        return string_size(node->text);
    case SM_JSON_ARRAY:
        for (const struct sm_json *child = node->first; child != NULL; child = child->next)
            size += node_size(child) + (child->next != NULL ? 2 : 0);
        return size;
    case SM_JSON_OBJECT:
        for (const struct sm_json *child = node->first; child != NULL; child = child->next)
            size += string_size(child->name) + 2 + node_size(child) + (child->next != NULL ? 2 : 0);
        return size;
    }
    return size;
}

static uint8_t *put_node(uint8_t *out, const struct sm_json *node);

static uint8_t *put_children(uint8_t *out, const struct sm_json *node)
{
    bool named = node->type == SM_JSON_OBJECT;

    *out++ = named ? '{' : '[';
    for (const struct sm_json *child = node->first; child != NULL; child = child->next) {
        if (named) {
            out = put_string(out, child->name);
            out = put_text(out, ": ", 2);
        }
        out = put_node(out, child);
        if (child->next != NULL)
            out = put_text(out, ", ", 2);
    }
    *out++ = named ? '}' : ']';
    return out;
}

static uint8_t *put_node(uint8_t *out, const struct sm_json *node)
{
    switch (node->type) {
    case SM_JSON_NULL:
        return put_text(out, "null", 4);
    case SM_JSON_BOOL:
        return node->boolean ? put_text(out, "true", 4) : put_text(out, "false", 5);
    case SM_JSON_NUMBER:
        return sm__json_put_number(out, node->text);
    case SM_JSON_STRING:
        return put_string(out, node->text);
    case SM_JSON_ARRAY:
    case SM_JSON_OBJECT:
        return put_children(out, node);
    }
    return out;
}

enum sm_status sm_json_canonical(const struct sm_json *node, struct sm_arena *arena,
                                 struct sm_slice *out)
{
    size_t size = node_size(node);
    uint8_t *text = sm_arena_alloc(arena, size);
    uint8_t *end;

    if (text == NULL)
        return SM_LIMIT;
    end = put_node(text, node);
    SM_ASSERT(end == text + size);
    *out = (struct sm_slice){ text, size };
    return SM_OK;
}

void sm_json_append(const struct sm_json *node, struct sm_buf *buf)
{
    uint8_t *text = sm_buf_extend(buf, node_size(node));

    if (text != NULL)
        (void)put_node(text, node);
}

void sm_json_append_string(struct sm_slice text, struct sm_buf *buf)
{
    uint8_t *out = sm_buf_extend(buf, string_size(text));

    if (out != NULL)
        (void)put_string(out, text);
}
