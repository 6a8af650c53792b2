#ifndef SM_CODEC_FRAME_H
#define SM_CODEC_FRAME_H
/* Which wire format a record is in, by its first bytes (design section 4); all of them may be mixed
 * on one topic.
 *
 *   00 | schema id, 4 bytes, big-endian          | Avro      Confluent framing
 *   C3 01 | fingerprint, 8 bytes, little-endian  | Avro      Avro single-object encoding
 *   {…}                                                      CloudEvents JSON, structured mode
 *   ce_specversion among the headers                         CloudEvents JSON, binary mode
 *
 * The first byte counts before headers: JSON never begins so. A content-type of CloudEvents itself
 * says structured mode whatever other headers there are, as the Kafka binding has it. Pure. */
#include "domain/record.h"

enum sm_frame_kind {
    SM_FRAME_UNKNOWN, /* none of these, or cut off within its head */
    SM_FRAME_CONFLUENT,
    SM_FRAME_SINGLE_OBJECT,
    SM_FRAME_STRUCTURED,
    SM_FRAME_BINARY
};
struct sm_frame {
    enum sm_frame_kind kind;
    uint32_t schema_id; /* of CONFLUENT */
    uint64_t fingerprint; /* of SINGLE_OBJECT */
    struct sm_slice body; /* what follows the head; of JSON the whole value */
};

struct sm_frame sm_frame_of(const struct sm_record *record);

#define SM_FRAME_HEAD_SIZE_MAX 10
/* Writes the head of CONFLUENT or SINGLE_OBJECT; returns its size. `number` is the schema's id or
 * its fingerprint. */
size_t sm_frame_head(enum sm_frame_kind kind, uint64_t number, uint8_t out[SM_FRAME_HEAD_SIZE_MAX]);
#endif
