#ifndef SM_FUZZ_REJECTIONS_H
#define SM_FUZZ_REJECTIONS_H
/* What holds of every rejection, whichever decoder made it. */
#include "base/utf8.h"
#include "domain/rejection.h"

static inline void check_rejection(const struct sm_rejection *rejection)
{
    size_t chars;

    SM_ASSERT(rejection->code > SM_CODE_NONE && rejection->code < SM_REJECTION_COUNT);
    SM_ASSERT(sm_utf8_count(sm_slice_of(rejection->field), &chars));
    SM_ASSERT(sm_utf8_count(sm_slice_of(rejection->value), &chars));
    SM_ASSERT(sm_utf8_count(sm_slice_of(rejection->reason), &chars) && chars > 0);
}
#endif
