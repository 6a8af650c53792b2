/* The dashboard's history and board. */
#include "cli/lag_history.h"

#include <stdlib.h>

#include "base/clock.h"
#include "cli/lag_point.h"
#include "codec/report.h"

#define POINTS_MAX      180         /* a quarter of an hour */
#define POINT_SIZE_MAX  (1u << 20)
#define MARKS_SIZE_MAX  (64u << 10)
#define TEXT_SIZE_MAX   (64u << 20)
#define SECOND_US       INT64_C(1000000)
#define THIN_EVERY_US   (60 * SECOND_US)
#define BOARD_EVERY_US  (2 * SECOND_US)
#define RETRY_US        (30 * SECOND_US)
#define BOARD_SHARE     20 /* of the time one part at the most is spent on it */

static const struct {
    int step_s, span_s;
    int64_t every_us; /* from one question to the next */
} ranges[SM__LAG_RANGES] = {
    {5, 15 * 60, 5 * SECOND_US},
    {60, 6 * 3600, 60 * SECOND_US},
    {1800, 7 * 86400, 300 * SECOND_US},
};

struct sm__lag_history {
    struct sm_postgres_lag *database;
    const char *instance;
    struct sm__lag_point point;        /* that is being made */
    struct sm_buf points[POINTS_MAX];  /* a ring of what is not written, as JSON */
    size_t first, count;
    struct sm_buf marks;               /* not written; JSON, separated by commas */
    bool seen, database_away, kafka_away;
    int64_t retry_us; /* after an error: not before */
    int64_t thin_us, board_us, range_us[SM__LAG_RANGES]; /* when they are due */
    struct sm_buf board, texts[SM__LAG_RANGES];
};

struct sm__lag_history *sm__lag_history_create(struct sm_postgres_lag *database,
                                               const char *instance)
{
    struct sm__lag_history *history = calloc(1, sizeof(*history));

    if (history == NULL)
        return NULL;
    history->database = database;
    history->instance = instance;
    history->thin_us = sm_monotonic_us() + SECOND_US;
    for (size_t i = 0; i < POINTS_MAX; i++)
        sm_buf_init(&history->points[i], POINT_SIZE_MAX);
    sm_buf_init(&history->marks, MARKS_SIZE_MAX);
    sm_buf_init(&history->board, TEXT_SIZE_MAX);
    for (int i = 0; i < SM__LAG_RANGES; i++)
        sm_buf_init(&history->texts[i], TEXT_SIZE_MAX);
    return history;
}

void sm__lag_history_destroy(struct sm__lag_history *history)
{
    if (history == NULL)
        return;
    sm__lag_point_reset(&history->point);
    for (size_t i = 0; i < POINTS_MAX; i++)
        sm_buf_deinit(&history->points[i]);
    sm_buf_deinit(&history->marks);
    sm_buf_deinit(&history->board);
    for (int i = 0; i < SM__LAG_RANGES; i++)
        sm_buf_deinit(&history->texts[i]);
    free(history);
}

/* ---- taking note ---- */

static void mark(struct sm__lag_history *history, int64_t wall_us, const char *kind)
{
    struct sm_report *report = sm_report_create();

    sm_report_number(report, "at_ms", wall_us / 1000);
    sm_report_text(report, "kind", kind);
    sm_report_text(report, "what", history->instance);
    if (history->marks.size != 0)
        sm_buf_append_byte(&history->marks, ',');
    if (!sm_report_print_line(report, &history->marks))
        sm_buf_reset(&history->marks); /* more marks than anybody wants to see */
    sm_report_destroy(report);
}

static void note_change(struct sm__lag_history *history, int64_t wall_us, bool *away, bool is_away,
                        const char *const kinds[2])
{
    if (*away != is_away)
        mark(history, wall_us, kinds[is_away]);
    *away = is_away;
}

static void note_marks(struct sm__lag_history *history, const struct sm_lag_snapshot *snapshot)
{
    static const char *const postgres[] = {"postgres_back", "postgres_away"};
    static const char *const kafka[] = {"kafka_back", "kafka_away"};

    if (!history->seen)
        mark(history, snapshot->wall_us, "start");
    history->seen = true;
    note_change(history, snapshot->wall_us, &history->database_away,
                snapshot->database_error[0] != '\0', postgres);
    note_change(history, snapshot->wall_us, &history->kafka_away, snapshot->kafka_error[0] != '\0',
                kafka);
}

/* The oldest gives way. */
static bool keep_point(struct sm__lag_history *history, const struct sm_lag_snapshot *snapshot)
{
    struct sm_buf *kept = &history->points[(history->first + history->count) % POINTS_MAX];
    bool printed;

    if (history->count == POINTS_MAX)
        history->first = (history->first + 1) % POINTS_MAX;
    else
        history->count++;
    sm_buf_reset(kept);
    printed = sm__lag_point_append(&history->point, snapshot, kept);
    sm__lag_point_reset(&history->point);
    if (!printed)
        history->count--;
    return printed;
}

bool sm__lag_history_note(struct sm__lag_history *history, const struct sm_lag_snapshot *snapshot)
{
    bool kept = true;

    note_marks(history, snapshot);
    if (sm__lag_point_is_over(&history->point, snapshot))
        kept = keep_point(history, snapshot);
    return sm__lag_point_add(&history->point, snapshot) && kept;
}

/* ---- PostgreSQL ---- */

static enum sm_status write_points(struct sm__lag_history *history, struct sm_err *err)
{
    struct sm_buf points, marks;
    enum sm_status status;

    sm_buf_init(&points, TEXT_SIZE_MAX);
    sm_buf_init(&marks, TEXT_SIZE_MAX);
    sm_buf_append_byte(&points, '[');
    for (size_t i = 0; i < history->count; i++) {
        if (i != 0)
            sm_buf_append_byte(&points, ',');
        sm_buf_append_slice(&points,
                            sm_buf_view(&history->points[(history->first + i) % POINTS_MAX]));
    }
    sm_buf_append_byte(&points, ']');
    sm_buf_append_byte(&marks, '[');
    sm_buf_append_slice(&marks, sm_buf_view(&history->marks));
    sm_buf_append_byte(&marks, ']');
    if (sm_buf_failed(&points) || sm_buf_failed(&marks))
        status = sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the history of lag");
    else
        status = sm_postgres_lag_write(history->database, points.data, marks.data, err);
    sm_buf_deinit(&points);
    sm_buf_deinit(&marks);
    return status;
}

static enum sm_status write_pending(struct sm__lag_history *history, struct sm_err *err)
{
    enum sm_status status;

    if (history->count == 0 && history->marks.size == 0)
        return SM_OK;
    status = write_points(history, err);
    if (status != SM_OK)
        return status;
    history->first = history->count = 0;
    sm_buf_reset(&history->marks);
    history->range_us[0] = 0; /* it is told at once */
    return SM_OK;
}

static enum sm_status thin(struct sm__lag_history *history, struct sm_err *err)
{
    int64_t now_us = sm_monotonic_us();

    if (now_us < history->thin_us)
        return SM_OK;
    history->thin_us = now_us + THIN_EVERY_US;
    return sm_postgres_lag_thin(history->database, err);
}

static enum sm_status read_ranges(struct sm__lag_history *history, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    for (int i = 0; status == SM_OK && i < SM__LAG_RANGES; i++) {
        int64_t now_us = sm_monotonic_us();

        if (now_us < history->range_us[i])
            continue;
        history->range_us[i] = now_us + ranges[i].every_us;
        status = sm_postgres_lag_read(history->database, ranges[i].step_s, ranges[i].span_s,
                                      &history->texts[i], err);
    }
    return status;
}

/* A million tenants take a while to count: the longer it takes, the less often it is asked. */
static enum sm_status read_board(struct sm__lag_history *history, struct sm_err *err)
{
    int64_t begin_us = sm_monotonic_us(), end_us, pause_us;
    enum sm_status status;

    if (begin_us < history->board_us)
        return SM_OK;
    status = sm_postgres_lag_board(history->database, &history->board, err);
    end_us = sm_monotonic_us();
    pause_us = (end_us - begin_us) * BOARD_SHARE;
    history->board_us = end_us + (pause_us > BOARD_EVERY_US ? pause_us : BOARD_EVERY_US);
    return status;
}

enum sm_status sm__lag_history_sync(struct sm__lag_history *history, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (history->database_away || sm_monotonic_us() < history->retry_us)
        return SM_OK;
    status = write_pending(history, err);
    if (status == SM_OK)
        status = thin(history, err);
    if (status == SM_OK)
        status = read_ranges(history, err);
    if (status == SM_OK)
        status = read_board(history, err);
    if (status != SM_OK)
        history->retry_us = sm_monotonic_us() + RETRY_US;
    return status;
}

const char *sm__lag_history_board(const struct sm__lag_history *history)
{
    return history->board.size != 0 ? history->board.data : NULL;
}

struct sm_slice sm__lag_history_range(const struct sm__lag_history *history, int range)
{
    const struct sm_buf *text = &history->texts[range];

    return text->size != 0 ? sm_buf_view(text) : SM_SLICE_NONE;
}
