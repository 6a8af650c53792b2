/* The ends of the ledger's chains, kept where whoever can rewrite the database cannot reach. */
#include "cli/heads.h"
#include "cli/run.h"

static bool collect(struct sm__run *run, struct sm__heads *out, int64_t *sum)
{
    struct sm_partition_view partition;

    *sum = 0;
    for (size_t i = 0; sm_engine_observe_partition(run->engine, i, &partition); i++) {
        struct sm__head head = {.partition = partition.id.partition, .seq = partition.ledger_seq};

        if (head.seq == 0)
            continue;
        (void)snprintf(head.topic, sizeof(head.topic), "%s",
                       sm__wire_topic(run->wire, partition.id.topic));
        sm_digest_format(&partition.chain, head.digest);
        if (!sm__heads_add(out, &head))
            return false;
        *sum += head.seq;
    }
    return true;
}

void sm__run_keep_heads(struct sm__run *run, bool last)
{
    const char *path = sm_options_text(run->options, SM_OPTION_HEAD_FILE);
    int64_t now_us = sm_clock_monotonic(&run->clock);
    struct sm__heads heads = {0};
    struct sm_err err = {.text = "no memory for them"};
    int64_t sum;

    if (path == NULL || (!last && run->heads_us != 0 &&
                         now_us - run->heads_us <
                             sm_options_number(run->options, SM_OPTION_HEAD_INTERVAL)))
        return;
    run->heads_us = now_us;
    if (collect(run, &heads, &sum) &&
        (sum == run->heads_sum || sm__heads_append(path, &heads, &err) == SM_OK))
        run->heads_sum = sum;
    else
        sm_log(SM_LOG_WARN, "run", NULL, "the ends of the ledger's chains were not kept: %s",
               err.text);
    sm__heads_deinit(&heads);
}
