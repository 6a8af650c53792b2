#ifndef SM_BASE_UUID_H
#define SM_BASE_UUID_H
/* UUIDs as 16 bytes (RFC 9562): parse, format, compare, and the kinds that we make. */
#include "base/slice.h"

struct sm_uuid {
    uint8_t bytes[16];
};

#define SM_UUID_TEXT_SIZE 36
#define SM_UUID_NIL       ((struct sm_uuid){ { 0 } })

/* Takes the 36-character form only (8-4-4-4-12, any case). False for anything else. */
bool sm_uuid_parse(struct sm_slice text, struct sm_uuid *out);
/* Writes 36 lower-case characters and a terminator. */
void sm_uuid_format(const struct sm_uuid *uuid, char out[SM_UUID_TEXT_SIZE + 1]);
/* Version 7 from milliseconds since 1970 and 10 random bytes, which the caller supplies. */
struct sm_uuid sm_uuid_v7(uint64_t unix_ms, const uint8_t random[10]);

/* Version 5, the first 16 bytes of SHA-1 of both: the same for the same name in the same space. */
struct sm_uuid sm_uuid_v5(const struct sm_uuid *space, struct sm_slice name);

static inline bool sm_uuid_equal(const struct sm_uuid *a, const struct sm_uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
/* Byte order, which is PostgreSQL's order of uuid. */
static inline int sm_uuid_compare(const struct sm_uuid *a, const struct sm_uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}
/* The one after it in that order; nil after the last. */
static inline struct sm_uuid sm_uuid_next(const struct sm_uuid *uuid)
{
    struct sm_uuid next = *uuid;

    for (size_t i = sizeof(next.bytes); i-- > 0 && ++next.bytes[i] == 0;)
        continue;
    return next;
}
static inline bool sm_uuid_is_nil(const struct sm_uuid *uuid)
{
    return sm_uuid_equal(uuid, &SM_UUID_NIL);
}
#endif
