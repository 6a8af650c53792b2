#ifndef SM_PORTS_COMMAND_TOPIC_H
#define SM_PORTS_COMMAND_TOPIC_H
/* The topic of commands, as the relay sees it: written by transactions, read back when it begins.
 *
 *   fence ──► (partitions, scan) ──► publish ──► publish ──► …      any failure: close, open anew
 *
 * Records carry the client, the command's id and its sequence in headers of the adapter's
 * (SM_COMMAND_HEADERS), so that what is found can be told without decoding values.
 * Blocking, each call up to the time it was opened with; not thread-safe.
 * Second implementation: tests/sim/memory_topic; both pass tests/contract. */
#include "base/err.h"
#include "ports/outbox.h"

/* Names of the headers that come before the command's own, in this order. */
#define SM_COMMAND_HEADER_ID       "sm_command_id"
#define SM_COMMAND_HEADER_CLIENT   "sm_client_id"
#define SM_COMMAND_HEADER_SEQUENCE "sm_sequence"
#define SM_COMMAND_HEADERS         3

struct sm_command_sink {
    void *context;
    /* A command that stands on the topic; valid during the call. SM_OK: go on; else scan ends with
     * that. */
    enum sm_status (*found)(void *context, const struct sm_command_place *place,
                            struct sm_err *err);
    /* A record that is no command of ours: nobody but a relay should write here. */
    void (*foreign)(void *context, int32_t partition, int64_t offset);
};
struct sm_command_scan {
    int32_t partition; /* in */
    int64_t from; /* in: first offset to look at; -1: where the partition begins */
    int64_t next_offset; /* out: the end, behind control records and aborted ones */
};

struct sm_command_topic;
struct sm_command_topic_ops {
    /* Fences every other publisher of the same transactional id, and ends what it left open: from
     * now on nothing but what is below the ends can appear without us. Once, before all else.
     * SM_OK; SM_RETRY: no answer in time; SM_FENCED: a third one was quicker; SM_FATAL. */
    enum sm_status (*fence)(struct sm_command_topic *topic, struct sm_err *err);
    /* SM_OK; SM_RETRY: no answer, or no such topic; SM_FATAL: not permitted. */
    enum sm_status (*partitions)(struct sm_command_topic *topic, int32_t *count,
                                 struct sm_err *err);
    /* Gives every committed record in [from, end), where the end is asked for after the fence and
     * is the true one, whatever transactions are open. SM_OK; SM_RETRY: the end was not reached in
     * time, because a foreign transaction is open or there is no answer; SM_FATAL: the partition
     * begins above `from`, or ends below it: it is not the topic that the cursor is of. */
    enum sm_status (*scan)(struct sm_command_topic *topic, struct sm_command_scan *scan,
                           const struct sm_command_sink *sink, struct sm_err *err);
    /* One transaction with all these commands, in order, by key. SM_OK: all are there, each at its
     * place (its row without the value). Every other outcome leaves it unknown whether all are
     * there or none, until the next fence and scan have told: SM_RETRY; SM_FENCED: another
     * publisher has taken over; SM_REJECT: the broker takes no such record; SM_FATAL. */
    enum sm_status (*publish)(struct sm_command_topic *topic, const struct sm_command_row *commands,
                              size_t count, struct sm_command_place *places, struct sm_err *err);
    /* Whatever it has open is left for the next fence to end. */
    void (*close)(struct sm_command_topic *topic);
};
struct sm_command_topic {
    const struct sm_command_topic_ops *ops;
};
#endif
