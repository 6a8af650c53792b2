#ifndef SM_BASE_LIMITS_H
#define SM_BASE_LIMITS_H
/* Every fixed bound of the program, with its unit and its reason. Options may lower some. */

#define SM_BATCH_RECORDS_MAX 16384 /* records in one unit of work; each also bounded by bytes */
#define SM_LANES_MAX 8 /* writers in one process, each with its own connection */
#define SM_TOPICS_MAX 2 /* config and processing events */
#define SM_PARTITIONS_MAX 4096 /* partitions that one process can hold */
#define SM_HEADERS_MAX 64 /* headers kept of one record; one with more is a dead letter */
#define SM_JSON_DEPTH_MAX 64 /* nesting; far below what jsonb stacks up to */
#define SM_JSON_NODES_MAX 65536 /* values in one document */
#define SM_JSON_DIGITS_ADDED_MAX (1 << 18) /* digits that exponents add to one document: 1e131071 is
                                              8 bytes in and 131072 out, a thousand of it 131 MB */
#define SM_VALUE_SIZE_MAX (1 << 20) /* bytes of one record's value; Kafka's own default */
#define SM_BUCKETS 64 /* advisory locks that clients and organizations share; see ports/unit.h */
#define SM_BUCKETS_OF_CLIENTS 48 /* the first of them; a number that many others divide */
#define SM_DUE_MAX 64 /* queues of the waiting room that are let go together */
#define SM_KEY_SIZE_MAX 255 /* bytes of a stream's key */
#define SM_VALUES_MAX 8 /* fields in the data of one event type */
#define SM_AVRO_SCHEMA_SIZE_MAX (1 << 20) /* bytes of a schema's text */
#define SM_AVRO_NAMES_MAX 1024 /* records, enums and fixed of one schema */
#define SM_AVRO_NAME_SIZE_MAX 256 /* bytes of a type's name with its namespace */
#define SM_AVRO_MEMBERS_MAX 4096 /* fields, symbols, branches or aliases of one type */
#define SM_AVRO_PLAN_WORK_MAX (1 << 22) /* comparisons and instructions that resolving two schemas
                                           may take: a fraction of a second */
#define SM_AVRO_DEPTH_MAX 64 /* nesting of a value, and what the decoder's recursion goes to */
#define SM_AVRO_STEPS_MAX 65536 /* values read or skipped in one message; as many as in JSON */
#define SM_AVRO_EMPTY_ITEMS_MAX 1024 /* items that take no bytes, in one message: seven bytes could
                                        ask for 2^62 of them */

_Static_assert(SM_BUCKETS <= 64, "a set of buckets is a 64-bit mask");
#endif
