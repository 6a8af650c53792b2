/* Runs a command and tells what it took: time, processor, memory, and when it had done something.
 *
 * That something is a query of the database that a second connection asks again and again; with it
 * the start of the program is timed from the moment at which its process begins. Without a command
 * it
 * only waits for that. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/bench_postgres.h"

#define ASK_PAUSE_NS 200000 /* between two questions: the resolution, at a few per cent of a core */

struct run {
    const char *database;
    const char *query; /* "did it happen?" as a number above 0 */
    int end_signal; /* sent once it has happened; 0: the command ends by itself */
    int64_t timeout_s;
};

static void usage(void)
{
    (void)fputs(
        "usage: bench_run [--database CONNECTION --until QUERY [--signal N]] [--timeout S] [-- "
        "COMMAND...]\n",
        stderr);
    exit(2);
}

static void read_options(struct run *run, int argc, char **argv)
{
    static const struct option options[] = {
        { "database", required_argument, NULL, 'd' }, { "until", required_argument, NULL, 'u' },
        { "signal", required_argument, NULL, 's' },   { "timeout", required_argument, NULL, 't' },
        { NULL, 0, NULL, 0 },
    };
    int letter;

    while ((letter = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (letter) {
        case 'd': run->database = optarg; break;
        case 'u': run->query = optarg; break;
        case 's': run->end_signal = (int)bench_number("signal", optarg, 1, 64); break;
        case 't': run->timeout_s = bench_number("timeout", optarg, 1, 86400); break;
        default: usage();
        }
    }
    if ((run->database == NULL) != (run->query == NULL) ||
        (run->query == NULL && optind >= argc))
        usage();
}

static pid_t start(char **command)
{
    pid_t pid = fork();

    if (pid < 0)
        bench_fail("cannot start a process: %s", strerror(errno));
    if (pid > 0)
        return pid;
    (void)execvp(command[0], command);
    bench_fail("cannot run %s: %s", command[0], strerror(errno));
}

static void kill_overdue(pid_t pid, const struct run *run, int64_t begun_ns, const char *what)
{
    if (bench_monotonic_ns() - begun_ns < run->timeout_s * 1000000000)
        return;
    if (pid > 0)
        (void)kill(pid, SIGKILL);
    bench_fail("the command %s within %" PRId64 " s", what, run->timeout_s);
}

/* True while the command runs; fills *status and *usage once it has ended. */
static bool is_running(pid_t pid, int *status, struct rusage *usage)
{
    pid_t ended = wait4(pid, status, WNOHANG, usage);

    if (ended < 0)
        bench_fail("cannot wait for the command: %s", strerror(errno));
    return ended == 0;
}

static void await_query(PGconn *conn, pid_t pid, const struct run *run, int64_t begun_ns)
{
    while (bench_postgres_number(conn, run->query, 0) <= 0) {
        int status;
        struct rusage usage;

        if (pid > 0 && !is_running(pid, &status, &usage))
            bench_fail("the command ended (status %d) before it did what was waited for", status);
        kill_overdue(pid, run, begun_ns, "did not do what was waited for");
        bench_sleep_ns(ASK_PAUSE_NS);
    }
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    struct run run = { .timeout_s = 3600 };
    PGconn *conn = NULL;
    struct rusage usage;
    int status = 0;
    int64_t begun_ns;
    pid_t pid = 0;

    read_options(&run, argc, argv);
    if (run.database != NULL)
        conn = bench_postgres_open(run.database);
    begun_ns = bench_monotonic_ns();
    if (optind < argc)
        pid = start(argv + optind);
    if (conn != NULL) {
        await_query(conn, pid, &run, begun_ns);
        (void)printf("until_seconds %.4f\n", (double)(bench_monotonic_ns() - begun_ns) / 1e9);
        PQfinish(conn);
        if (pid == 0)
            return 0;
        if (run.end_signal != 0)
            (void)kill(pid, run.end_signal);
    }
    while (is_running(pid, &status, &usage)) {
        kill_overdue(pid, &run, begun_ns, "did not end");
        bench_sleep_ns(1000000);
    }
    (void)printf(
        "seconds %.4f\nuser_seconds %.3f\nsystem_seconds %.3f\nrss_max_kib %ld\nstatus %d\n",
        (double)(bench_monotonic_ns() - begun_ns) / 1e9, seconds_of(usage.ru_utime),
        seconds_of(usage.ru_stime), usage.ru_maxrss,
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : run.end_signal != 0 ? 0 : 1;
}
