#ifndef SM_SUPPORT_RANDOM_JSON_H
#define SM_SUPPORT_RANDOM_JSON_H
/* Random JSON documents from a seed, biased to what parsers get wrong: numbers at the ends of
 * numeric's range, escapes and surrogates, names that are equal or nearly so, damaged documents. */
#include "base/buf.h"

struct random {
    uint64_t state; /* any seed */
};

uint64_t random_next(struct random *random);
unsigned random_below(struct random *random, unsigned limit);

/* A whole document in place of what `out` holds; one in three is damaged. */
void random_document(struct random *random, struct sm_buf *out);
#endif
