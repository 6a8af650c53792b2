#ifndef MEMORY_RELAY_H
#define MEMORY_RELAY_H
/* The relay's two ports in memory: the outbox of a memory database, and a command topic with
 * transactions that outlives the handles on it.
 *
 * A transaction's records stand on the topic, open, before it is committed; its mark takes an
 * offset of its own. Whatever a handle left open is aborted by the next fence, and readers of
 * committed records see nothing behind what is open. */
#include "ports/command_topic.h"
#include "sim/memory_db.h"

#define MEMORY_COMMAND_PARTITIONS 3

/* What may go wrong with one publication, or with one call of the outbox. */
enum memory_relay_fault {
    MEMORY_RELAY_SOUND,
    MEMORY_RELAY_BEFORE, /* nothing took effect */
    MEMORY_RELAY_DURING, /* of a publication: records stand there, open */
    MEMORY_RELAY_AFTER   /* it took effect, and the answer is lost */
};

struct memory_topic_record {
    struct memory_topic_record *next;
    struct sm_command_row row;
    int64_t offset;
    uint64_t publisher; /* who wrote it; 0: a stranger */
    enum { MEMORY_OPEN, MEMORY_COMMITTED, MEMORY_ABORTED, MEMORY_MARK } state;
    bool is_command; /* else a stranger's record without our headers */
};
struct memory_topic_partition {
    struct memory_topic_record *first, *last;
    int64_t end;
};
struct memory_topic {
    struct sim_heap heap; /* everything that ever stood there */
    struct memory_topic_partition partitions[MEMORY_COMMAND_PARTITIONS];
    uint64_t publisher; /* the one that is not fenced */
    uint64_t publishers; /* ever */
    bool away; /* no broker */
    uint64_t sessions; /* how often the database's sessions were ended */
    /* Called before every call of either port: tells what goes wrong with it, and may do anything
     * meanwhile (let another relay work, restore the database). NULL: nothing happens. */
    enum memory_relay_fault (*meanwhile)(void *context, const char *call);
    void *context;
};
void memory_topic_deinit(struct memory_topic *topic);
struct sm_command_topic *memory_topic_open(struct memory_topic *topic);
/* A committed record of a stranger: a command as it is given, or (NULL) no command at all. */
void memory_topic_intrude(struct memory_topic *topic, int32_t partition,
                          const struct sm_command_row *row);

/* `topic` says what goes wrong. */
struct sm_outbox *memory_outbox_open(struct memory_db *db, struct memory_topic *topic,
                                     const char *owner);
#endif
