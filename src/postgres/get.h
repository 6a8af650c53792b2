#ifndef SM_POSTGRES_GET_H
#define SM_POSTGRES_GET_H
/* Fields of a binary result. A field of the wrong size is a bug of ours (the statements are ours
 * and name their types), so it is asserted. */
#include <libpq-fe.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sha256.h"
#include "base/uuid.h"
#include "postgres/out.h"

static inline bool sm__get_null(const PGresult *result, int row, int column)
{
    return PQgetisnull(result, row, column) == 1;
}
static inline const uint8_t *sm__get_sized(const PGresult *result, int row, int column, int size)
{
    SM_ASSERT(PQgetlength(result, row, column) == size);
    return (const uint8_t *)PQgetvalue(result, row, column);
}
static inline bool sm__get_bool(const PGresult *result, int row, int column)
{
    return *sm__get_sized(result, row, column, 1) != 0;
}
static inline int16_t sm__get_i16(const PGresult *result, int row, int column)
{
    uint16_t bits;

    memcpy(&bits, sm__get_sized(result, row, column, 2), sizeof(bits));
    return (int16_t)__builtin_bswap16(bits);
}
static inline int32_t sm__get_i32(const PGresult *result, int row, int column)
{
    uint32_t bits;

    memcpy(&bits, sm__get_sized(result, row, column, 4), sizeof(bits));
    return (int32_t)__builtin_bswap32(bits);
}
static inline int64_t sm__get_i64(const PGresult *result, int row, int column)
{
    uint64_t bits;

    memcpy(&bits, sm__get_sized(result, row, column, 8), sizeof(bits));
    return (int64_t)__builtin_bswap64(bits);
}
/* NULL and -infinity are SM_TIME_NONE. */
static inline int64_t sm__get_time(const PGresult *result, int row, int column)
{
    if (sm__get_null(result, row, column))
        return SM_TIME_NONE;
    return sm__time_from_postgres(sm__get_i64(result, row, column));
}
static inline void sm__get_uuid(const PGresult *result, int row, int column, struct sm_uuid *out)
{
    memcpy(out->bytes, sm__get_sized(result, row, column, sizeof(out->bytes)), sizeof(out->bytes));
}
/* False (and zeros) unless it is a digest: a column anybody tampered with is no bug of ours. */
static inline bool sm__get_digest(const PGresult *result, int row, int column,
                                  struct sm_digest *out)
{
    *out = (struct sm_digest){ { 0 } };
    if (PQgetlength(result, row, column) != SM_DIGEST_SIZE)
        return false;
    memcpy(out->bytes, PQgetvalue(result, row, column), SM_DIGEST_SIZE);
    return true;
}
/* Lies in the result; absent where NULL. */
static inline struct sm_slice sm__view_slice(const PGresult *result, int row, int column)
{
    if (sm__get_null(result, row, column))
        return SM_SLICE_NONE;
    return (struct sm_slice){ (const uint8_t *)PQgetvalue(result, row, column),
                              (size_t)PQgetlength(result, row, column) };
}
/* jsonb without its version byte. */
static inline struct sm_slice sm__view_jsonb(const PGresult *result, int row, int column)
{
    struct sm_slice slice = sm__view_slice(result, row, column);

    if (slice.data != NULL) {
        SM_ASSERT(slice.size > 0 && slice.data[0] == 1);
        slice.data++;
        slice.size--;
    }
    return slice;
}
#endif
