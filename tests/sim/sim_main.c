/* sim: runs simulated histories and stops at the first broken law, with the command that repeats
 * it.
 *
 *   sim [--seeds N] [--first S] [--verbose] [--exhaustive | --pauses] [--keep-going]
 *       [--require-coverage] */
#include <errno.h>
#include <inttypes.h>

#include "base/log.h"
#include "sim/sim_modes.h"

struct arguments {
    uint64_t first, seeds;
    bool verbose, exhaustive, pauses, keep_going, coverage;
};

static int usage(const char *program, const char *argument)
{
    fprintf(
        stderr,
        "sim: cannot make sense of \"%s\"\n"
        "usage: %s [--seeds N] [--first S] [--verbose] [--exhaustive | --pauses] [--keep-going] "
        "[--require-coverage]\n",
        argument, program);
    return 2;
}

static bool read_number(const char *text, uint64_t *out)
{
    char *end = NULL;

    errno = 0;
    *out = text != NULL ? strtoull(text, &end, 10) : 0;
    return text != NULL && errno == 0 && end != text && *end == '\0';
}

static int read_arguments(int argc, char **argv, struct arguments *out)
{
    for (int i = 1; i < argc; i++) {
        bool number = strcmp(argv[i], "--seeds") == 0 || strcmp(argv[i], "--first") == 0;

        if (number) {
            uint64_t *to = argv[i][2] == 's' ? &out->seeds : &out->first;

            if (!read_number(argv[i + 1], to))
                return usage(argv[0], argv[i]);
            i++;
        } else if (strcmp(argv[i], "--verbose") == 0) {
            out->verbose = true;
        } else if (strcmp(argv[i], "--exhaustive") == 0) {
            out->exhaustive = true;
        } else if (strcmp(argv[i], "--pauses") == 0) {
            out->pauses = true;
        } else if (strcmp(argv[i], "--keep-going") == 0) {
            out->keep_going = true;
        } else if (strcmp(argv[i], "--require-coverage") == 0) {
            out->coverage = true;
        } else {
            return usage(argv[0], argv[i]);
        }
    }
    return 0;
}

static void report_broken(const char *program, const struct arguments *arguments, uint64_t seed,
                          const struct sim_result *result)
{
    printf("BROKEN LAW \"%s\" in history %" PRIu64 ": %s\n", result->law, seed, result->text);
    printf("repeat: %s --first %" PRIu64 " --seeds 1 --verbose%s\n", program, seed,
           arguments->exhaustive ? " --exhaustive" : (arguments->pauses ? " --pauses" : ""));
}

static bool run(const struct arguments *arguments, uint64_t seed, struct sim_result *result)
{
    if (arguments->exhaustive)
        return sim_run_exhaustive(seed, arguments->verbose, result);
    if (arguments->pauses)
        return sim_run_pauses(seed, arguments->verbose, result);
    return sim_run_seed(seed, arguments->verbose, result);
}

int main(int argc, char **argv)
{
    const char *more = getenv("SECRETMAGIC_SIM_SEEDS");
    struct arguments arguments = {.first = 1, .seeds = 1000};
    struct sim_counts counts = {0};
    bool broken = false;

    if (read_arguments(argc, argv, &arguments) != 0)
        return 2;
    if (more != NULL && !read_number(more, &arguments.seeds))
        return usage(argv[0], more);
    /* Nothing is logged: the histories break things on purpose. */
    sm_log_level_set(arguments.verbose ? SM_LOG_DEBUG : (enum sm_log_level)(SM_LOG_ERROR + 1));
    for (uint64_t seed = arguments.first; seed < arguments.first + arguments.seeds; seed++) {
        struct sim_result result;
        bool right = run(&arguments, seed, &result);

        sim_counts_add(&counts, &result.counts);
        if (!right)
            report_broken(argv[0], &arguments, seed, &result);
        broken |= !right;
        if (broken && !arguments.keep_going)
            return 1;
    }
    sim_counts_print(&counts);
    return broken || (arguments.coverage && !sim_counts_are_rich(&counts));
}
