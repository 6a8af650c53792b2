#ifndef SM_REGISTRY_ANSWER_H
#define SM_REGISTRY_ANSWER_H
/* What a registry's answer to "which schema has this id" means. */
#include "ports/schemas.h"
#include "registry/transfer.h"

/* Fills `out` from a transfer that ended with `code`; its text lies in the arena, its `err` is
 * `err`. */
void sm__answer_judge(const struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                      CURLcode code, struct sm_arena *arena, struct sm_schemas_answer *out,
                      struct sm_err *err);
#endif
