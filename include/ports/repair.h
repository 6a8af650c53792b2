#ifndef SM_PORTS_REPAIR_H
#define SM_PORTS_REPAIR_H
/* Where a rebuild keeps what the log says of rows that differ, until they are applied all at once.
 *
 * One rebuild at a time: the port holds the right to it from `begin` until it is closed. What is
 * kept survives a crash; the next `begin` goes on behind it. Blocking. */
#include "ports/unit.h"

/* What a stream ends with by the log. Texts are borrowed. */
struct sm_correction {
    struct sm_stream_name name;
    struct sm_head head;
    const struct sm_client *client; /* of a client's own stream, if it makes a row; else NULL */
    const struct sm_row *row; /* of a stream that has one in a table of its own; else NULL */
};
/* A row that the log knows nothing of. */
struct sm_surplus {
    const char *table; /* "heads", "clients", or a name of domain/row.h */
    struct sm_stream_name name;
};
/* What was done to one table. */
struct sm_repaired {
    const char *table; /* static */
    int64_t written;
    int64_t removed;
};
#define SM_REPAIR_TABLES (3 + SM_TABLE_COUNT) /* heads, clients, tenants, and domain/row.h */
struct sm_repair_result {
    struct sm_repaired tables[SM_REPAIR_TABLES];
    size_t table_count;
    int64_t id; /* of the row of `repairs` that tells of it; 0: nothing had to be done */
    int64_t waited_us; /* for writers to end what they were about */
    int64_t locked_us; /* how long writers had to wait then */
};
struct sm_repair_author { /* texts are kept with the repair */
    const char *actor;
    const char *reason;
    const char *program;
};

/* What was there already. */
struct sm_repair_begun {
    bool resumed; /* one that was interrupted; else nothing, and the rest is of no meaning */
    bool looked_all; /* only applying is left */
    struct sm_uuid from; /* the first client that was not looked at; nil: none was */
};

struct sm_repair;
struct sm_repair_ops {
    /* Begins, or goes on with what was begun with this very scope. SM_OK; SM_REJECT: another
     * rebuild is under way, or one of another scope was left behind; SM_RETRY; SM_FATAL. */
    enum sm_status (*begin)(struct sm_repair *repair, const char *scope,
                            struct sm_repair_begun *out, struct sm_err *err);
    /* SM_OK; SM_RETRY: all since the last `ranged` is lost; SM_FATAL. */
    enum sm_status (*correct)(struct sm_repair *repair, const struct sm_correction *correction,
                              struct sm_err *err);
    enum sm_status (*remove)(struct sm_repair *repair, const struct sm_surplus *surplus,
                             struct sm_err *err);
    /* All below the client `next` was looked at: makes what was kept durable. NULL: everything. */
    enum sm_status (*ranged)(struct sm_repair *repair, const struct sm_uuid *next,
                             struct sm_err *err);
    /* The next client of whom something is kept and whose streams went on since: it is forgotten,
     * to be looked at again. SM_STOP: there is none; SM_OK; SM_RETRY; SM_FATAL. */
    enum sm_status (*stale)(struct sm_repair *repair, struct sm_uuid *client, struct sm_err *err);
    /* Is there anything to do? */
    enum sm_status (*any)(struct sm_repair *repair, bool *out, struct sm_err *err);
    /* Keeps every writer from committing until `apply`, or until the port is closed. */
    enum sm_status (*lock)(struct sm_repair *repair, struct sm_err *err);
    /* Writes what was kept, tells of it in `repairs`, makes every writer begin anew, and ends the
     * lock, all in one transaction. SM_OK; SM_RETRY: nothing was done; SM_FATAL: likewise, e.g. a
     * table of the user's own refers to a row that has to go. */
    enum sm_status (*apply)(struct sm_repair *repair, const struct sm_repair_author *author,
                            struct sm_repair_result *out, struct sm_err *err);
    /* Removes what is kept. */
    enum sm_status (*discard)(struct sm_repair *repair, struct sm_err *err);
    void (*close)(struct sm_repair *repair);
};
struct sm_repair {
    const struct sm_repair_ops *ops;
};
#endif
