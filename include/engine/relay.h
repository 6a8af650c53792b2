#ifndef SM_ENGINE_RELAY_H
#define SM_ENGINE_RELAY_H
/* The relay: takes commands from the outbox to the command topic, each once.
 *
 *   RESTING ──lease──► BEGINNING ──fence, scan, settle──► READY ──┐ take, publish, settle
 *      ▲ │                 │  ▲                            ▲  │    │
 *      │ └─ scanned before ┼──┼────────────────────────────┘  │    │
 *      │                   │  └── the first one to publish ◄──┘    │
 *      └──── anything that fails: the topic is closed ─────────────┘
 *
 * A Kafka transaction holds at most `count_max` commands, and the next one begins only when the
 * database knows where those of the one before are. So after any crash at most one transaction is
 * in doubt, and what stands behind the cursor on the topic tells. The fence comes before the scan:
 * what a frozen relay left open is aborted by then, and it can begin nothing new. Whoever has lost
 * its session with the database begins anew: it may be another database by now.
 *
 * That the topic was scanned is kept with what tells this database from another one: its own
 * restore, or a restart of its server. Until then no unit may carry commands, whoever commits it
 * (ports/unit.h), and after it a relay with nothing to publish does not open the topic at all.
 *
 * Considered: to be one of the engine's lanes. Chosen: a thread of its own for whoever runs it,
 * since librdkafka's calls for transactions wait; nothing is shared with the lanes but the
 * database, which also wakes it (ports/outbox.h). Time comes from the ports and the clock. */
#include "ports/clock.h"
#include "ports/command_topic.h"
#include "ports/outbox.h"

struct sm_relay_options {
    struct sm_outbox *outbox; /* adopted: destroy closes it */
    /* Opens the command topic anew. SM_OK and a topic that the relay closes; SM_FATAL. */
    enum sm_status (*open_topic)(void *context, struct sm_command_topic **out, struct sm_err *err);
    void *context;
    struct sm_clock clock;
    size_t count_max; /* commands in one transaction; 0: 256 */
    size_t bytes_max; /* of their values; 0: 4 MiB */
    int64_t lease_us; /* 0: 10 s */
    int64_t idle_us; /* how long to wait for a hint before looking anyway; 0: 200 ms */
};

struct sm_relay;
/* SM_OK and a relay that the caller destroys; SM_FATAL: no memory, and the outbox is closed. */
SM_MUST_CHECK enum sm_status sm_relay_create(const struct sm_relay_options *options,
                                             struct sm_relay **out, struct sm_err *err);
/* Gives the lease back, so that another one goes on at once. */
void sm_relay_destroy(struct sm_relay *relay);

/* Takes one step: gets ready, or publishes what one transaction holds, or waits for a hint.
 * SM_OK: call again; SM_AGAIN: call again at *wake_us (monotonic), something is away or another
 * relay has the lease, which err tells; SM_FATAL: it has stopped for good, err says why, and so
 * does the database. */
enum sm_status sm_relay_step(struct sm_relay *relay, int64_t *wake_us, struct sm_err *err);

/* Another relay had the lease when it was last asked for. */
bool sm_relay_is_elsewhere(const struct sm_relay *relay);
/* Is nothing waiting to be published, as of the last look? */
bool sm_relay_is_idle(const struct sm_relay *relay);
#endif
