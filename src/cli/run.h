#ifndef SM_CLI_RUN_H
#define SM_CLI_RUN_H
/* What the files of `run` share: the opened parts, and how progress is told. */
#include "base/log.h"
#include "cli/options.h"
#include "cli/wire.h"
#include "cli/run_http.h"
#include "cli/run_relay.h"
#include "engine/engine.h"

struct sm__run {
    const struct sm_options *options;
    struct sm__wire *wire;
    struct sm_source *source;
    struct sm_schemas *schemas; /* NULL: there is no registry */
    struct sm_templates *templates; /* owned, as the next one */
    struct sm_command_encoder *command_encoder;
    struct sm_store *stores[SM_LANES_MAX];
    size_t lane_count;
    struct sm_clock clock;
    struct sm__run_relay *relay; /* NULL: --without relay */
    struct sm__run_http *http;   /* NULL: without --http */
    struct sm_engine *engine;    /* NULL also with --only relay */
    bool stopping; /* the engine was told to */
    int64_t fenced_us; /* when it joined anew the last time; 0: never */
    int64_t heads_us;  /* when the ends of the chains were looked at last; 0: never */
    int64_t heads_sum; /* of the rows' numbers then: nothing new, nothing to write */
};

/* What was told last, so that only change is told. */
struct sm__run_progress {
    struct sm_engine_view view;
    int64_t told_us; /* monotonic; 0: never */
};
/* Writes a line when there is something new and the last one is old enough; `last`: writes what is
 * left to tell, however new the last line is. */
void sm__run_tell(struct sm__run *run, struct sm__run_progress *progress, bool last);
/* Adds the ends of our partitions' chains to --head-file, if there is one and it is time, or
 * `last`. What cannot be written is told, and tried again at the next time. */
void sm__run_keep_heads(struct sm__run *run, bool last);
#endif
