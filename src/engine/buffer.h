#ifndef SM_ENGINE_BUFFER_H
#define SM_ENGINE_BUFFER_H
/* A lane's buffer: what has been read and decoded, in order of arrival. A lane has two: one takes
 * records while the other one is worked off. Texts lie in the buffer's arena until it is reset. */
#include "base/arena.h"
#include "codec/decoder.h"
#include "domain/admit.h"
#include "domain/record.h"
#include "domain/rejection.h"
#include "domain/wait.h"

/* What an entry is besides its record, if it does not come from the topic: out of the waiting room,
 * or a dead letter. */
struct sm__ticket {
    int64_t parked_id; /* 0: none, as the two below */
    int64_t dead_letter_id;
    int64_t request_id;
    struct sm_uuid client_id; /* of a waiting event, whether or not it can be decoded today */
    struct sm_wait waited; /* of a waiting event: for what */
};
enum sm__entry_kind {
    SM__ENTRY_RECORD,
    SM__ENTRY_END, /* nothing but control records up to `offset`: the position may move there */
    SM__ENTRY_LOST /* retention took everything below `offset` before we read it */
};
struct sm__entry {
    enum sm__entry_kind kind;
    uint32_t partition; /* index into engine->partitions */
    uint32_t tenure; /* of the partition when it was read */
    int64_t offset; /* RECORD: its own; else the new next offset */
    struct sm_record record; /* copied into the buffer's arena */
    struct sm_event *event; /* of a RECORD; as whole as `known` says */
    struct sm_event_known known;
    const struct sm__ticket *ticket; /* in the buffer's arena; NULL: it comes from the topic */
    struct sm_rejection *rejection; /* NULL if it is valid as far as it can be judged alone */
    bool refused; /* PostgreSQL refused it alone, as what follows: a dead letter, unless it becomes
                     something else by now */
    enum sm_verdict_kind refused_as; /* FACT or PARKED */
};
#define SM__MARKS_MAX 256 /* entries of a buffer kept free for marks */
struct sm__buffer {
    struct sm_arena arena;
    struct sm__entry *entries; /* owned */
    size_t count;
    size_t capacity; /* records_max + SM__MARKS_MAX */
    bool refused; /* a record did not fit: full by bytes until the next reset */
};

bool sm__buffer_init(struct sm__buffer *buffer, size_t records_max, size_t bytes);
void sm__buffer_deinit(struct sm__buffer *buffer);
void sm__buffer_reset(struct sm__buffer *buffer);
/* Copies and decodes a record. False: no room (nothing changed). */
bool sm__buffer_add(struct sm__buffer *buffer, const struct sm_record *record, uint32_t partition,
                    uint32_t tenure, struct sm_decoder *decoder);
/* The same for what does not come from the topic; the ticket is copied. */
bool sm__buffer_add_ticket(struct sm__buffer *buffer, const struct sm_record *record,
                           uint32_t partition, uint32_t tenure, const struct sm__ticket *ticket,
                           struct sm_decoder *decoder);
/* Copies a record of which the program died, and does not look at it. */
bool sm__buffer_add_killer(struct sm__buffer *buffer, const struct sm_record *record,
                           uint32_t partition, uint32_t tenure, int times);
/* Adds a mark without a record. False: no room. */
bool sm__buffer_mark(struct sm__buffer *buffer, enum sm__entry_kind kind, uint32_t partition,
                     uint32_t tenure, int64_t offset);
#endif
