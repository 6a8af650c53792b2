/* What people read of states, causes and waits. */
#include "domain/lag_words.h"

#include "base/err.h"

static const struct {
    const char *name;
    const char *words;
} states[SM_LAG_STATE_COUNT] = {
#define STATE_ROW(id, text, its_words) [id] = { (text), (its_words) },
    SM_LAG_STATE_LIST(STATE_ROW)
#undef STATE_ROW
};

static const struct {
    const char *name;
    const char *words;
} causes[SM_LAG_CAUSE_COUNT] = {
#define CAUSE_ROW(id, text, its_words) [id] = { (text), (its_words) },
    SM_LAG_CAUSE_LIST(CAUSE_ROW)
#undef CAUSE_ROW
};

static const char *const waits[SM_LAG_WAIT_COUNT] = {
#define WAIT_ROW(id, text) [id] = (text),
    SM_LAG_WAIT_LIST(WAIT_ROW)
#undef WAIT_ROW
};

static const char *const steps[SM_LAG_STATE_COUNT] = {
    [SM_LAG_IDLE] = "nothing is to be done",
    [SM_LAG_CURRENT] = "nothing is to be done",
    [SM_LAG_CATCHING_UP] = "wait; the time that is left is told",
    [SM_LAG_STATE_UNKNOWN] = "look whether Kafka and PostgreSQL answer, then look again",
    [SM_LAG_FALLING_BEHIND] = "start another instance, up to one for each partition, or more "
                              "--writers; see the rates whether producers send more than usual",
    [SM_LAG_UNASSIGNED] = "start secretmagic run, or wait until the group has shared out its "
                          "partitions",
    [SM_LAG_FENCED] = "wait until the group has shared out its partitions; if it lasts, two "
                      "processes have the same --instance-id",
    [SM_LAG_PAUSED] = "", /* by what it waits for */
    [SM_LAG_STALLED] = "read the log of the instance that has the partition, and restart it if it "
                       "says nothing",
    [SM_LAG_STOPPED] = "read the reason in secretmagic status; see \"topic recreated\" in the "
                       "README",
};

static const char *const wait_steps[SM_LAG_WAIT_COUNT] = {
    [SM_LAG_WAIT_NONE] = "",
    [SM_LAG_WAIT_POSTGRES] = "bring PostgreSQL back; nothing is lost, and it goes on by itself",
    [SM_LAG_WAIT_DISK] = "free space on PostgreSQL's disk; nothing is lost, and it goes on by "
                         "itself",
    [SM_LAG_WAIT_REGISTRY] = "see secretmagic status for what it waits, and bring the schema "
                             "registry back; it goes on by itself",
    [SM_LAG_WAIT_OPERATOR] = "it was paused by an operator, who lets it go on",
    [SM_LAG_WAIT_TRANSACTION] = "look for a producer that left a transaction open; Kafka aborts it "
                                "when its time is over, and it goes on by itself",
};

const char *sm_lag_state_name(enum sm_lag_state state)
{
    SM_ASSERT((unsigned)state < SM_LAG_STATE_COUNT);
    return states[state].name;
}

const char *sm_lag_state_words(enum sm_lag_state state)
{
    SM_ASSERT((unsigned)state < SM_LAG_STATE_COUNT);
    return states[state].words;
}

const char *sm_lag_wait_name(enum sm_lag_wait waits_for)
{
    SM_ASSERT((unsigned)waits_for < SM_LAG_WAIT_COUNT);
    return waits[waits_for];
}

const char *sm_lag_cause_name(enum sm_lag_cause cause)
{
    SM_ASSERT((unsigned)cause < SM_LAG_CAUSE_COUNT);
    return causes[cause].name;
}

const char *sm_lag_cause_words(enum sm_lag_cause cause)
{
    SM_ASSERT((unsigned)cause < SM_LAG_CAUSE_COUNT);
    return causes[cause].words;
}

const char *sm_lag_next_step(enum sm_lag_state state, enum sm_lag_wait waits_for)
{
    SM_ASSERT((unsigned)state < SM_LAG_STATE_COUNT && (unsigned)waits_for < SM_LAG_WAIT_COUNT);
    return state == SM_LAG_PAUSED ? wait_steps[waits_for] : steps[state];
}
