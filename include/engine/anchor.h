#ifndef SM_ENGINE_ANCHOR_H
#define SM_ENGINE_ANCHOR_H
/* The hash by which a record is known again: SHA-256 over timestamp, key and value. */
#include "domain/record.h"

void sm_anchor_digest(const struct sm_record *record, struct sm_digest *out);
#endif
