#ifndef SM_BASE_FAULT_H
#define SM_BASE_FAULT_H
/* Named points at which a test makes the program fail; nothing at all in other builds (SM_FAULTS).
 *
 * SECRETMAGIC_FAULT="after_append:3" in the environment arms one point: it acts when it is reached
 * for the 3rd time, once, and says so on standard error first. "after_append:3:stop" stops the
 * process there (SIGSTOP) instead of killing it: who sends SIGCONT lets it go on. Points:
 *   before_cas, after_append, commit_sent   in a unit's transaction (src/postgres)
 *   before_group_commit                     database committed, group not told (engine.c)
 *   skip_record                             a record vanishes below the engine (src/kafka)
 *   relay_begun, relay_sent, relay_committed  in a transaction of commands (src/kafka)
 *   relay_marked                            the database knows of it (engine/relay.c)
 * SECRETMAGIC_FAULT_POISON=text: the process dies by SIGKILL while a record is decoded whose value
 * contains the text; SECRETMAGIC_FAULT_HANG=text: the decoding of such a record never ends.
 * Guarded by tests/system/crash_test.py, race_test.py, verify_test.py and poison_test.py, and by
 * tests/contract/relay_test.c.
 * Single-threaded. */
#include <stdbool.h>

#include "base/slice.h"

#ifdef SM_FAULTS
/* True when `point` is the armed one and its turn has come. */
bool sm_fault_hit(const char *point);
/* Ends the process with SIGKILL, as a crash would; or stops it, and returns when it goes on. */
void sm_fault_die(void);
/* Heeds the two texts. */
void sm_fault_record(struct sm_slice value);
#else
static inline bool sm_fault_hit(const char *point)
{
    (void)point;
    return false;
}
static inline void sm_fault_die(void)
{
}
static inline void sm_fault_record(struct sm_slice value)
{
    (void)value;
}
#endif
static inline void sm_fault_point(const char *point)
{
    if (sm_fault_hit(point))
        sm_fault_die();
}
#endif
