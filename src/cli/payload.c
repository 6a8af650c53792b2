/* Bytes as text or as a dump. */
#include "cli/payload.h"

#include "base/utf8.h"

#define DUMP_WIDTH 16

/* A carriage return that no line feed follows would let later text overwrite what was printed. C1
 * controls are two bytes in UTF-8, 0xc2 0x80 to 0xc2 0x9f; terminals heed them, too. */
static bool is_control(const uint8_t *at, size_t size, size_t left)
{
    if (*at == '\r')
        return left < 2 || at[1] != '\n';
    if (size == 1)
        return (*at < 0x20 && *at != '\t' && *at != '\n') || *at == 0x7f;
    return size == 2 && at[0] == 0xc2 && at[1] < 0xa0;
}

bool sm__payload_is_text(struct sm_slice bytes)
{
    for (size_t at = 0; at < bytes.size;) {
        size_t size = sm_utf8_size(bytes.data + at, bytes.size - at);

        if (size == 0 || is_control(bytes.data + at, size, bytes.size - at))
            return false;
        at += size;
    }
    return true;
}

static void append_line(struct sm_slice bytes, size_t first, struct sm_buf *out)
{
    size_t count = bytes.size - first < DUMP_WIDTH ? bytes.size - first : DUMP_WIDTH;

    sm_buf_printf(out, "%08zx ", first);
    for (size_t i = 0; i < DUMP_WIDTH; i++) {
        if (i < count)
            sm_buf_printf(out, " %02x", bytes.data[first + i]);
        else
            sm_buf_append_text(out, "   ");
    }
    sm_buf_append_text(out, "  ");
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = bytes.data[first + i];

        sm_buf_append_byte(out, byte >= 0x20 && byte < 0x7f ? byte : '.');
    }
    sm_buf_append_byte(out, '\n');
}

void sm__payload_append_dump(struct sm_slice bytes, struct sm_buf *out)
{
    for (size_t first = 0; first < bytes.size; first += DUMP_WIDTH)
        append_line(bytes, first, out);
}

void sm__payload_append_hex(struct sm_slice bytes, struct sm_buf *out)
{
    for (size_t i = 0; i < bytes.size; i++)
        sm_buf_printf(out, "%02x", bytes.data[i]);
}
