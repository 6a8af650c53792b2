#ifndef SM_CLI_VERIFY_H
#define SM_CLI_VERIFY_H
/* What the files of `verify` share: how differences are told, and reading gaps again. */
#include "cli/heads.h"
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
/* What is wrong, in a few words. Static. */
const char *sm__difference_words(enum sm_difference_kind kind);
/* Prints the difference, unless enough of its subject (difference->table) were printed. `kind` says
 * in a few words what is wrong. */
void sm__verify_tell(struct sm__verify_out *out, const char *kind,
                     const struct sm_difference *difference);

/* The database's numbers of topics. */
struct sm__topic_names {
    struct sm__topic_name {
        int16_t topic_id;
        char name[SM__HEAD_TOPIC_SIZE];
    } * list; /* owned */
    size_t count;
};
/* From the positions. SM_OK; SM_RETRY or SM_FATAL: they cannot be read. */
SM_MUST_CHECK enum sm_status sm__topic_names_read(struct sm_log *log, struct sm__topic_names *out,
                                                  struct sm_err *err);
/* NULL: there is none of this number. */
const char *sm__topic_names_find(const struct sm__topic_names *names, int16_t topic_id);

struct sm__gaps {
    uint64_t ranges, offsets; /* in the ledger's gaps */
    uint64_t aborted;         /* records of transactions that were aborted: rightly not consumed */
    uint64_t unseen;          /* records that should have been consumed */
    uint64_t gone;            /* ranges that Kafka no longer has: nothing can be said of them */
};
/* The heads of a file, and the numbers that the database has for their topics. */
struct sm__against {
    struct sm__heads heads;
    struct sm__topic_names names;
    struct sm__verify_out *out;
};
/* Reads the file. SM_OK; SM_FATAL: it is none, or the topics cannot be read. */
SM_MUST_CHECK enum sm_status sm__against_open(const char *path, struct sm_log *log,
                                              struct sm__verify_out *out,
                                              struct sm__against *against, struct sm_err *err);
/* A row of the ledger: told as a difference if the file has another digest for it. */
void sm__against_row(struct sm__against *against, const struct sm_log_position *at,
                     const struct sm_digest *digest);
/* Tells those of the file that the ledger has no row for. */
void sm__against_end(struct sm__against *against);
void sm__against_close(struct sm__against *against);

/* A digest as people read it to each other: its first half, in groups of four digits. */
#define SM__SPOKEN_SIZE 40
void sm__digest_speak(const struct sm_digest *digest, char out[SM__SPOKEN_SIZE]);

/* `verify --head`: prints where the chains end, as one line. An exit code. */
int sm__verify_print_head(struct sm__wire *wire, bool json);

/* Reads every gap of the ledger again. Each unseen record's range is told as a difference.
 * SM_OK; SM_RETRY or SM_FATAL: the ledger or a topic could not be read. */
SM_MUST_CHECK enum sm_status sm__gaps_read(struct sm__wire *wire, struct sm_log *log,
                                           struct sm__verify_out *out, struct sm__gaps *gaps,
                                           struct sm_err *err);
#endif
