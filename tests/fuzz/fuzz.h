#ifndef SM_FUZZ_FUZZ_H
#define SM_FUZZ_FUZZ_H
/* What a fuzz target is to its driver: libFuzzer, or replay.c. */
#include "base/err.h"
#include "base/slice.h"

/* Runs one input; a broken law aborts (SM_ASSERT). Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
#endif
