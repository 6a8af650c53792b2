#ifndef SM_ENGINE_SCHEMAS_H
#define SM_ENGINE_SCHEMAS_H
/* Records by schemas that the registry still has to tell. */
#include "base/log.h"
#include "domain/record.h"
#include "ports/schemas.h"

struct sm_engine;
struct sm__partition;

struct sm__schemas {
    bool away; /* the last answer was AWAY */
    int64_t forget_us; /* when what the registry does not have is lacking again */
    struct sm_log_limit limit;
};

/* False: the schema of the partition's next record is not known; the partition waits for it. */
bool sm__schemas_admit(struct sm_engine *engine, struct sm__partition *partition,
                       const struct sm_record *record);
/* The same for what does not come from the topic: false, and it is asked for. */
bool sm__schemas_ready(struct sm_engine *engine, const struct sm_record *record);
void sm__schemas_step(struct sm_engine *engine);
/* `fds` has room for SM_SCHEMAS_FDS_MAX more. */
void sm__schemas_wait(const struct sm_engine *engine, struct pollfd *fds, size_t *count,
                      int64_t *wake_us);
#endif
