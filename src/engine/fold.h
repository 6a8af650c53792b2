#ifndef SM_ENGINE_FOLD_H
#define SM_ENGINE_FOLD_H
/* Rows of the log, in stream order, to the state that each stream ends with. It projects and
 * nothing else: what its caller holds against the state, or writes from it, is the caller's.
 * Memory is two states, whatever the length of a stream. */
#include "ports/log.h"

struct sm__fold {
    struct sm_arena states[2]; /* the stream's state lies in one, the next is built in the other */
    unsigned current;
    struct sm_stream_name name; /* of the stream at hand; owned */
    uint8_t key[SM_KEY_SIZE_MAX];
    struct sm_stream stream; /* as its events so far make it; valid until the next event */
    char label[160]; /* names the stream to people: "client … feature_config/ema" */
};

/* One event as the fold sees it, before it is projected; `fold->stream` is the state before it. */
struct sm__fold_event {
    const struct sm_event_row *row;
    struct sm_event event; /* with its values, if readable */
    bool readable; /* its data is an object as it was admitted */
    bool erased; /* a mark stands for its data: only the hash is left */
    /* Of the values that it replaces, as the log must have kept them; absent where not readable or
     * under another key than the row's. */
    struct sm_slice previous;
};
typedef void sm__fold_hook(void *context, const struct sm__fold *fold,
                           const struct sm__fold_event *event);

/* By client, kind, key: the order of the scans. */
int sm__stream_compare(const struct sm_stream_name *a, const struct sm_stream_name *b);
/* Names a stream to people; cut to fit. */
void sm__stream_label(const struct sm_stream_name *name, char *out, size_t size);
/* The stream of a row of the log; borrowed from it. */
struct sm_stream_name sm__stream_of(const struct sm_event_row *row);

/* SM_OK; SM_FATAL: no memory. Either way the caller calls deinit. */
SM_MUST_CHECK enum sm_status sm__fold_init(struct sm__fold *fold, struct sm_err *err);
void sm__fold_deinit(struct sm__fold *fold);
/* Begins a stream, empty. SM_OK; SM_FATAL: its key is longer than any that was admitted. */
SM_MUST_CHECK enum sm_status sm__fold_begin(struct sm__fold *fold,
                                            const struct sm_stream_name *name, struct sm_err *err);
/* Projects the next event of the stream at hand; the hook is called before. An event whose data
 * cannot be read is projected by its columns, and the hook is told. SM_OK; SM_FATAL: the state
 * outgrew what a stream may take. */
SM_MUST_CHECK enum sm_status sm__fold_event(struct sm__fold *fold, const struct sm_event_row *row,
                                            sm__fold_hook *hook, void *context, struct sm_err *err);
#endif
