/* The mix of the whole catalogue: what each share of it looks like. */
#include "bench/bench_events_priv.h"

/* 1 in so many batches and runs fails. */
#define FAILS 20

static void begin_processing(struct bench_events *events, uint32_t index, const char *type,
                             struct bench_event *out)
{
    bench__begin(events, index, type, out);
    out->processing = true;
}

static void make_batch(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    static const char *const data_types[] = { "features", "bom", "timeseries", "aggregations" };
    struct bench__work *work = &events->work[index];
    uint32_t rows = 100 + bench__below(&events->drawn, 100000);

    work->batch_runs = !work->batch_runs;
    if (work->batch_runs) {
        begin_processing(events, index, "batch.started", out);
        bench__append(out,
                      "{\"batch_id\":\"%" PRIu64 "-%" PRIu32 "\",\"data_type\":\"%s\","
                      "\"records_expected\":%" PRIu32 "}}",
                      events->options.seed, ++work->batches, data_types[rows % 4], rows);
    } else if (bench__below(&events->drawn, FAILS) == 0) {
        begin_processing(events, index, "batch.failed", out);
        bench__append(out,
                      "{\"batch_id\":\"%" PRIu64 "-%" PRIu32 "\","
                      "\"error\":\"source file is cut off\",\"records_processed\":%" PRIu32 "}}",
                      events->options.seed, work->batches, rows);
    } else {
        begin_processing(events, index, "batch.completed", out);
        bench__append(out,
                      "{\"batch_id\":\"%" PRIu64 "-%" PRIu32 "\",\"records_total\":%" PRIu32
                      ",\"records_processed\":%" PRIu32 ",\"records_failed\":3}}",
                      events->options.seed, work->batches, rows, rows - 3);
    }
}

static void make_bom(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    struct bench__work *work = &events->work[index];
    uint32_t rows = bench__below(&events->drawn, 5000);

    work->bom_runs = !work->bom_runs;
    if (work->bom_runs) {
        begin_processing(events, index, "bom_explosion.started", out);
        bench__append(out, "{}}");
    } else if (bench__below(&events->drawn, FAILS) == 0) {
        begin_processing(events, index, "bom_explosion.failed", out);
        bench__append(out, "{\"error\":\"cycle at product %" PRIu32 "\"}}", rows);
    } else {
        begin_processing(events, index, "bom_explosion.completed", out);
        bench__append(out, "{\"records_processed\":%" PRIu32 "}}", rows);
    }
}

static void make_log(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    static const char *const levels[] = {
        "debug", "info", "info", "info", "info", "warn", "error"
    };
    uint32_t drawn = bench__below(&events->drawn, 7000);

    begin_processing(events, index, "log.recorded", out);
    bench__append(out,
                  "{\"level\":\"%s\",\"message\":\"%" PRIu32 " rows have no product\","
                  "\"context\":{\"batch_id\":\"%" PRIu64 "-%" PRIu32
                  "\",\"feature_type\":\"ema\"}}}",
                  levels[drawn % 7], drawn, events->options.seed, events->work[index].batches);
}

static void make_feature(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    uint32_t drawn = bench__below(&events->drawn, 20);

    begin_processing(events, index, "feature.created", out);
    bench__append(out,
                  "{\"name\":\"sales_ema_%" PRIu32 "\",\"feature_type\":\"ema\","
                  "\"data_type\":\"timeseries\",\"nan_semantics\":\"decayed\","
                  "\"description\":\"Exponential moving average of daily sales\"}}",
                  7 * (drawn + 1));
}

static void make_bom_config(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    bench__begin(events, index, "bom_config.changed", out);
    bench__append(out, "{\"max_levels\":%" PRIu32 ",\"include_produced_at\":false}}",
                  1 + bench__below(&events->drawn, 12));
}

static void make_schedule(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    uint32_t drawn = bench__below(&events->drawn, 24);

    bench__begin(events, index, "client_schedule.changed", out);
    if (drawn % 3 == 0)
        bench__append(out, "{\"kind\":\"interval\",\"interval_minutes\":%" PRIu32 "}}",
                      5 * (drawn + 1));
    else
        bench__append(out,
                      "{\"kind\":\"daily\",\"time_of_day\":\"%02" PRIu32 ":30\","
                      "\"timezone\":\"Europe/Moscow\"}}",
                      drawn);
}

static void make_update(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    bench__begin(events, index, "client.updated", out);
    bench__append(out, "{\"contact_phone\":\"+7 900 %07" PRIu32 "\"}}",
                  bench__below(&events->drawn, 10000000));
}

void bench_events_next(struct bench_events *events, struct bench_event *out)
{
    static const struct {
        uint32_t share; /* of a thousand */
        void (*make)(struct bench_events *events, uint32_t index, struct bench_event *out);
    } parts[] = {
        { 120, make_batch },     { 120, make_log },     { 60, make_bom },    { 50, make_feature },
        { 20, make_bom_config }, { 15, make_schedule }, { 15, make_update },
    };
    uint32_t drawn;

    if (events->options.mix == BENCH_MIX_FEATURES) {
        bench_events_changed(events, out);
        return;
    }
    drawn = bench__below(&events->drawn, 1000);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (drawn < parts[i].share) {
            parts[i].make(events, bench__draw_client(events), out);
            return;
        }
        drawn -= parts[i].share;
    }
    bench_events_changed(events, out);
}
