#ifndef SM_CONTRACT_SCHEMAS_SUITE_H
#define SM_CONTRACT_SCHEMAS_SUITE_H
/* What every schemas port must do, whatever is behind it: one suite for the adapter (on a server
 * that plays a registry and on a real one) and for the simulator's memory registry. */
#include "ports/schemas.h"

struct schemas_rig {
    void *context;
    /* Opens the port; the test closes it. */
    struct sm_schemas *(*open)(void *context);
    /* Registers an Avro schema, different from all others; returns its id. */
    uint32_t (*put)(void *context, const char *text);
    uint32_t (*put_other)(void *context); /* one that is no Avro schema */
    uint32_t (*put_referring)(void *context); /* an Avro schema that needs another one */
    uint32_t unknown_id; /* one that nothing has */
    /* From now on questions for this id fail (or do not any more); the others' do not. NULL: it
     * cannot, and the cases that need it are left out. */
    void (*set_away)(void *context, uint32_t id, bool away);
    /* How often the registry was asked for the id; NULL: it cannot be known. */
    size_t (*requests)(void *context, uint32_t id);
    /* Waits as the port says, but no longer than a moment. */
    void (*wait)(void *context, struct sm_schemas *schemas);
    int64_t (*now_us)(void *context); /* the port's own clock */
};

/* Runs all cases as one cmocka group; returns the number that failed. */
int schemas_suite_run(const char *name, const struct schemas_rig *rig);

/* ---- also for tests of one adapter ---- */

/* Collects what is answered. */
struct answers {
    struct sm_schemas_sink sink;
    struct seen_answer {
        uint32_t id;
        enum sm_schemas_outcome outcome;
        uint64_t hash; /* of the text */
        size_t size; /* of the text */
        enum sm_status status; /* of err */
        char text[SM_ERR_TEXT_SIZE]; /* of err */
        int64_t at_us;
    } list[1024];
    size_t count;
    const struct schemas_rig *rig;
    struct sm_schemas *asks_again; /* ask it for the same id once more at the first answer */
};
void answers_init(struct answers *answers, const struct schemas_rig *rig);
size_t answers_of(const struct answers *answers, uint32_t id, enum sm_schemas_outcome outcome);
/* The last answer for the id; fails the test if there is none. */
const struct seen_answer *last_answer(const struct answers *answers, uint32_t id);

void ask_for(struct sm_schemas *schemas, uint32_t id);
/* Steps and waits until there are that many answers in all; fails the test after a minute. */
void await_answers(const struct schemas_rig *rig, struct sm_schemas *schemas,
                   struct answers *answers, size_t count);
/* Steps and waits for that long. */
void step_for(const struct schemas_rig *rig, struct sm_schemas *schemas, struct answers *answers,
              int64_t us);
void assert_found(const struct answers *answers, uint32_t id, const char *text);
#endif
