#ifndef SM_POSTGRES_OUT_H
#define SM_POSTGRES_OUT_H
/* PostgreSQL's binary formats, written into a buffer that grows: big-endian integers, a length in
 * front of every field. Failure (no memory) is sticky, as in base/buf.h; inline, because every
 * column of every event passes here. */
#include "base/slice.h"
#include "base/timestamp.h"

struct sm__out {
    uint8_t *data; /* owned */
    size_t size;
    size_t capacity;
    bool failed;
};

/* Room for `more` bytes behind the end; false when memory cannot be had. */
bool sm__out_grow(struct sm__out *out, size_t more);
void sm__out_deinit(struct sm__out *out);

static inline bool sm__out_room(struct sm__out *out, size_t more)
{
    return out->capacity - out->size >= more || sm__out_grow(out, more);
}
static inline void sm__out_bytes(struct sm__out *out, const void *data, size_t size)
{
    if (size == 0 || !sm__out_room(out, size))
        return;
    memcpy(out->data + out->size, data, size);
    out->size += size;
}
static inline void sm__store_i16(uint8_t *at, int16_t value)
{
    uint16_t bits = __builtin_bswap16((uint16_t)value);

    memcpy(at, &bits, sizeof(bits));
}
static inline void sm__store_i32(uint8_t *at, int32_t value)
{
    uint32_t bits = __builtin_bswap32((uint32_t)value);

    memcpy(at, &bits, sizeof(bits));
}
static inline void sm__store_i64(uint8_t *at, int64_t value)
{
    uint64_t bits = __builtin_bswap64((uint64_t)value);

    memcpy(at, &bits, sizeof(bits));
}
static inline void sm__out_i16(struct sm__out *out, int16_t value)
{
    if (sm__out_room(out, 2)) {
        sm__store_i16(out->data + out->size, value);
        out->size += 2;
    }
}
static inline void sm__out_i32(struct sm__out *out, int32_t value)
{
    if (sm__out_room(out, 4)) {
        sm__store_i32(out->data + out->size, value);
        out->size += 4;
    }
}

/* ---- fields: length and value; -1 is NULL ---- */

static inline void sm__field_null(struct sm__out *out)
{
    sm__out_i32(out, -1);
}
static inline void sm__field_bytes(struct sm__out *out, const void *data, size_t size)
{
    sm__out_i32(out, (int32_t)size);
    sm__out_bytes(out, data, size);
}
static inline void sm__field_slice(struct sm__out *out, struct sm_slice slice)
{
    if (slice.data == NULL)
        sm__field_null(out);
    else
        sm__field_bytes(out, slice.data, slice.size);
}
static inline void sm__field_text(struct sm__out *out, const char *text)
{
    sm__field_bytes(out, text, strlen(text));
}
static inline void sm__field_bool(struct sm__out *out, bool value)
{
    uint8_t byte = value ? 1 : 0;

    sm__field_bytes(out, &byte, 1);
}
static inline void sm__field_i16(struct sm__out *out, int16_t value)
{
    sm__out_i32(out, 2);
    sm__out_i16(out, value);
}
static inline void sm__field_i32(struct sm__out *out, int32_t value)
{
    if (sm__out_room(out, 8)) {
        sm__store_i32(out->data + out->size, 4);
        sm__store_i32(out->data + out->size + 4, value);
        out->size += 8;
    }
}
static inline void sm__field_i64(struct sm__out *out, int64_t value)
{
    if (sm__out_room(out, 12)) {
        sm__store_i32(out->data + out->size, 8);
        sm__store_i64(out->data + out->size + 4, value);
        out->size += 12;
    }
}
/* jsonb: a version byte, then the text. */
static inline void sm__field_jsonb(struct sm__out *out, struct sm_slice text)
{
    static const uint8_t version = 1;

    if (text.data == NULL) {
        sm__field_null(out);
        return;
    }
    sm__out_i32(out, (int32_t)text.size + 1);
    sm__out_bytes(out, &version, 1);
    sm__out_bytes(out, text.data, text.size);
}

/* PostgreSQL counts microseconds from 2000 on; its -infinity is the least number, like
 * SM_TIME_NONE. */
#define SM__EPOCH_2000_US INT64_C(946684800000000)
static inline int64_t sm__time_to_postgres(int64_t time_us)
{
    return time_us == SM_TIME_NONE ? INT64_MIN : time_us - SM__EPOCH_2000_US;
}
static inline int64_t sm__time_from_postgres(int64_t value)
{
    return value == INT64_MIN ? SM_TIME_NONE : value + SM__EPOCH_2000_US;
}
static inline void sm__field_time(struct sm__out *out, int64_t time_us)
{
    sm__field_i64(out, sm__time_to_postgres(time_us));
}
/* The same for columns where no time is NULL. */
static inline void sm__field_time_or_null(struct sm__out *out, int64_t time_us)
{
    if (time_us == SM_TIME_NONE)
        sm__field_null(out);
    else
        sm__field_time(out, time_us);
}
#endif
