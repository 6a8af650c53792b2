#ifndef SM_CLI_VERIFY_H
#define SM_CLI_VERIFY_H
/* What the files of `verify` share: how differences are told, and reading gaps again. */
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/wire.h"
#include "codec/report.h"
#include "engine/verify.h"

#define SM__VERIFY_SUBJECTS 64 /* tables and checks whose differences are counted apart */

struct sm__verify_out {
    bool json;
    struct sm_report *report; /* of --json; else NULL */
    struct sm__progress progress;
    int64_t shown_max; /* differences printed for one subject */
    struct {
        const char *name;
        int64_t shown;
    } subjects[SM__VERIFY_SUBJECTS];
    size_t subject_count;
    uint64_t differences; /* all, shown or not */
};
/* Prints the difference, unless enough of its subject (difference->table) were printed. `kind` says
 * in a few words what is wrong. */
void sm__verify_tell(struct sm__verify_out *out, const char *kind,
                     const struct sm_difference *difference);

struct sm__gaps {
    uint64_t ranges, offsets; /* in the ledger's gaps */
    uint64_t aborted;         /* records of transactions that were aborted: rightly not consumed */
    uint64_t unseen;          /* records that should have been consumed */
    uint64_t gone;            /* ranges that Kafka no longer has: nothing can be said of them */
};
/* Reads every gap of the ledger again. Each unseen record's range is told as a difference.
 * SM_OK; SM_RETRY or SM_FATAL: the ledger or a topic could not be read. */
SM_MUST_CHECK enum sm_status sm__gaps_read(struct sm__wire *wire, struct sm_log *log,
                                           struct sm__verify_out *out, struct sm__gaps *gaps,
                                           struct sm_err *err);
#endif
