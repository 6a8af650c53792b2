#ifndef SM_CLI_AGE_H
#define SM_CLI_AGE_H
/* How long something took or has lasted, for people: "3d 4h", "2h 13m", "13m 5s", "5s". */
#include <stdint.h>

#define SM__AGE_SIZE 32
/* Whole seconds, in the two largest units; under a second is "0s". */
void sm__age_format(int64_t age_us, char out[SM__AGE_SIZE]);
#endif
