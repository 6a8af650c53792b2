#ifndef SM_POSTGRES_JUDGE_H
#define SM_POSTGRES_JUDGE_H
/* PostgreSQL's errors as decisions: the one place where they are judged.
 *
 * Our own SQLSTATEs, raised by sql/: SM001 a position is not the expected one, SM002 a head is not,
 * SM003 a bucket's generation is not. */
#include "base/err.h"
#include "ports/store.h"

struct sm__judgement {
    enum sm_status status;
    enum sm_conflict conflict; /* of SM_CONFLICT */
};
/* `constraint` is the name PostgreSQL gives with class 23, or NULL. `proven`: this store has worked
 * before, so what looks like a wrong configuration is a restart or a restore, and passes. */
struct sm__judgement sm__judge(const char *sqlstate, const char *constraint, bool proven);
#endif
