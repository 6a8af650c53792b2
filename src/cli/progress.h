#ifndef SM_CLI_PROGRESS_H
#define SM_CLI_PROGRESS_H
/* One line on a terminal that tells how far a command is; nothing where no terminal is. */
#include <stdbool.h>
#include <stdint.h>

struct sm__progress {
    bool shown;      /* standard error is a terminal */
    bool drawn;      /* there is a line to be wiped */
    uint64_t total;  /* 0: not known, then there is no bar */
    int64_t next_us; /* monotonic: not drawn again before */
};

void sm__progress_init(struct sm__progress *progress, uint64_t total);
/* Draws at most ten times a second. `text` follows the bar. */
void sm__progress_show(struct sm__progress *progress, uint64_t done, const char *text);
/* To be called before anything else goes to standard error, and at the end. */
void sm__progress_wipe(struct sm__progress *progress);
#endif
