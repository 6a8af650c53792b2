/* Sums over histories: what shows that they were about something. */
#include <inttypes.h>

#include "sim/sim_modes.h"

void sim_counts_add(struct sim_counts *sum, const struct sim_counts *counts)
{
    sum->histories += counts->histories;
    sum->steps += counts->steps;
    sum->records += counts->records;
    sum->facts += counts->facts;
    sum->lines += counts->lines;
    sum->duplicates += counts->duplicates;
    sum->rejected += counts->rejected;
    sum->lost += counts->lost;
    sum->lines_removed += counts->lines_removed;
    sum->retried += counts->retried;
    sum->refused_again += counts->refused_again;
    sum->expired += counts->expired;
    sum->died += counts->died;
    sum->too_late += counts->too_late;
    sum->parked += counts->parked;
    sum->released += counts->released;
    sum->waiting += counts->waiting;
    sum->units += counts->units;
    sum->conflicts += counts->conflicts;
    sum->retries += counts->retries;
    sum->fences += counts->fences;
    sum->bisections += counts->bisections;
    sum->calls += counts->calls;
    sum->idle_ends += counts->idle_ends;
    sum->stops += counts->stops;
    for (size_t i = 0; i < SIM_TYPE_COUNT; i++)
        sum->types[i] += counts->types[i];
    sum->steady += counts->steady;
    for (size_t i = 0; i < SIM_TOPIC_COUNT; i++)
        sum->topics[i] += counts->topics[i];
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++)
        sum->faults[i] += counts->faults[i];
}

enum { LINES_MAX = 29 + SIM_TYPE_COUNT + SIM_TOPIC_COUNT + SIM_FAULT_COUNT };

struct count {
    const char *name;
    uint64_t value;
};

static size_t list(const struct sim_counts *counts, struct count *out)
{
    const struct count fixed[] = {
        {"histories", counts->histories},
        {"steps", counts->steps},
        {"records", counts->records},
        {"facts", counts->facts},
        {"log lines", counts->lines},
        {"duplicates", counts->duplicates},
        {"rejected", counts->rejected},
        {"lost", counts->lost},
        {"log lines removed", counts->lines_removed},
        {"retried", counts->retried},
        {"refused again", counts->refused_again},
        {"expired", counts->expired},
        {"requests given up", counts->died},
        {"requests too late", counts->too_late},
        {"parked", counts->parked},
        {"released", counts->released},
        {"still waiting", counts->waiting},
        {"units", counts->units},
        {"store calls", counts->calls},
        {"conflicts", counts->conflicts},
        {"retries", counts->retries},
        {"fences", counts->fences},
        {"bisections", counts->bisections},
        {"ended when idle", counts->idle_ends},
        {"partitions stopped", counts->stops},
        {"interleavings compared", counts->steady},
    };
    size_t count = SM_ARRAY_COUNT(fixed);

    memcpy(out, fixed, sizeof(fixed));
    for (int i = 0; i < SIM_TYPE_COUNT; i++)
        out[count++] = (struct count){sim_type_info(i)->name, counts->types[i]};
    for (size_t i = 0; i < SIM_TOPIC_COUNT; i++)
        out[count++] = (struct count){sim_topic_word((enum sim_topic)i), counts->topics[i]};
    for (size_t i = 0; i < SIM_FAULT_COUNT; i++)
        out[count++] = (struct count){sim_fault_word((enum sim_fault)i), counts->faults[i]};
    return count;
}

void sim_counts_print(const struct sim_counts *counts)
{
    struct count lines[LINES_MAX];
    size_t count = list(counts, lines);

    for (size_t i = 0; i < count; i++)
        printf("%s%s %" PRIu64, i == 0 ? "" : ", ", lines[i].name, lines[i].value);
    putchar('\n');
}

/* What not every five hundred histories have: one request that fails five times. */
static bool is_rare(const char *name)
{
    return strcmp(name, "requests given up") == 0;
}

bool sim_counts_are_rich(const struct sim_counts *counts)
{
    struct count lines[LINES_MAX];
    size_t count = list(counts, lines);
    bool rich = true;

    for (size_t i = 0; i < count; i++) {
        if (lines[i].value != 0 || is_rare(lines[i].name))
            continue;
        printf("no history had any \"%s\": draw more histories, or mend sim_plan.c\n",
               lines[i].name);
        rich = false;
    }
    return rich;
}
