/* The generator of events: clients, envelopes, and changes of feature configurations. */
#include <stdarg.h>

#include "base/timestamp.h"
#include "bench/bench_events_priv.h"

/* splitmix64: every state is a good one, so seeds need no preparation. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint32_t bench__below(uint64_t *state, uint32_t bound)
{
    return (uint32_t)((next(state) >> 32) * bound >> 32);
}

/* ---- who ---- */

static double *make_shares(uint32_t clients)
{
    double *shares = malloc(clients * sizeof(*shares));
    double sum = 0;

    if (shares == NULL)
        bench_fail("no memory for the shares of %" PRIu32 " clients", clients);
    for (uint32_t rank = 0; rank < clients; rank++) {
        sum += 1.0 / (rank + 1.0);
        shares[rank] = sum;
    }
    for (uint32_t rank = 0; rank < clients; rank++)
        shares[rank] /= sum;
    return shares;
}

/* The first rank whose share reaches a number drawn from [0, 1). */
static uint32_t draw_rank(struct bench_events *events)
{
    double drawn = (double)(next(&events->drawn) >> 11) / 9007199254740992.0;
    uint32_t low = 0;
    uint32_t high = events->options.clients - 1;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (events->shares[middle] < drawn)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t bench__draw_client(struct bench_events *events)
{
    return events->options.draw == BENCH_ZIPF
               ? draw_rank(events)
               : bench__below(&events->drawn, events->options.clients);
}

static struct sm_uuid random_uuid(uint64_t *state)
{
    uint64_t halves[2] = { next(state), next(state) };
    struct sm_uuid uuid;

    memcpy(uuid.bytes, halves, sizeof(uuid.bytes));
    uuid.bytes[6] = (uint8_t)((uuid.bytes[6] & 0x0f) | 0x40);
    uuid.bytes[8] = (uint8_t)((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

/* From seed and index alone, so that later loads know the clients of the first one. */
static struct sm_uuid client_id(const struct bench_events *events, uint32_t index)
{
    uint64_t state = events->options.seed ^ (uint64_t)index << 20;

    return random_uuid(&state);
}

/* ---- the envelope ---- */

static struct sm_uuid event_id(struct bench_events *events)
{
    uint64_t random[2];

    if (events->options.random_ids)
        return random_uuid(&events->free);
    random[0] = next(&events->free);
    random[1] = next(&events->free);
    return sm_uuid_v7((uint64_t)(events->time_us / 1000), (const uint8_t *)random);
}

void bench__append(struct bench_event *out, const char *format, ...)
{
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(out->value + out->size, sizeof(out->value) - out->size, format, arguments);
    va_end(arguments);
    if (size < 0 || (size_t)size >= sizeof(out->value) - out->size)
        bench_fail("an event is longer than %zu bytes", sizeof(out->value));
    out->size += (size_t)size;
}

void bench__begin(struct bench_events *events, uint32_t index, const char *type,
                  struct bench_event *out)
{
    int64_t now_us = bench_wall_us();
    char id[SM_UUID_TEXT_SIZE + 1];
    char time[SM_TIMESTAMP_TEXT_SIZE + 1];

    events->time_us = now_us > events->time_us ? now_us : events->time_us + 1;
    out->id = event_id(events);
    out->client_id = client_id(events, index);
    out->size = 0;
    out->processing = false;
    sm_uuid_format(&out->id, id);
    sm_uuid_format(&out->client_id, out->key);
    sm_timestamp_format(events->time_us, time);
    bench__append(out,
                  "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"urn:autoorder:config\","
                  "\"type\":\"%s\",\"subject\":\"%s\",\"time\":\"%s\","
                  "\"actor\":\"user%" PRIu32 "@example.com\",\"data\":",
                  id, type, out->key, time, index % 50);
}

void bench_events_registered(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    bench__begin(events, index, "client.registered", out);
    bench__append(out,
                  "{\"name\":\"Retailer %" PRIu32 "\",\"organization_id\":\"%" PRIu32 "\","
                  "\"features_enabled\":{\"feature_engineering\":true,\"bom_explosion\":true},"
                  "\"contact_email\":\"it@retailer%" PRIu32 ".example.com\"}}",
                  index + 1, index + 1, index + 1);
}

void bench_events_confirmed(struct bench_events *events, uint32_t index, struct bench_event *out)
{
    bench__begin(events, index, "client.config_confirmed", out);
    bench__append(out, "{}}");
}

/* ---- configurations, one maker a feature type ---- */

static void make_ema(uint64_t *state, struct bench_event *out)
{
    bench__append(out,
                  "\"ema\",\"config\":{\"window_days\":%" PRIu32 ",\"alpha\":0.%" PRIu32
                  ",\"min_samples\":%" PRIu32 ",\"nan_strategy\":\"decay\"}",
                  7 * (1 + bench__below(state, 52)), 1 + bench__below(state, 99),
                  1 + bench__below(state, 14));
}

static void make_windows(const char *type, uint64_t *state, struct bench_event *out)
{
    uint32_t first = 3 + bench__below(state, 12);

    bench__append(out,
                  "\"%s\",\"config\":{\"windows\":[%" PRIu32 ",%" PRIu32 ",%" PRIu32
                  "],\"min_samples\":%" PRIu32 ",\"nan_strategy\":\"zero\"}",
                  type, first, first * 2, first * 4, 1 + bench__below(state, 14));
}

static void make_ma(uint64_t *state, struct bench_event *out)
{
    make_windows("ma", state, out);
}

static void make_std(uint64_t *state, struct bench_event *out)
{
    make_windows("std", state, out);
}

static void make_lags(uint64_t *state, struct bench_event *out)
{
    bench__append(out,
                  "\"lags\",\"config\":{\"lags\":[1,2,3,7,14,%" PRIu32 ",%" PRIu32
                  "],\"nan_strategy\":\"forward_fill\"}",
                  21 + bench__below(state, 7), 28 + bench__below(state, 337));
}

static const char *flag(uint64_t *state)
{
    return bench__below(state, 2) != 0 ? "true" : "false";
}

static void make_seasonality(uint64_t *state, struct bench_event *out)
{
    bench__append(out,
                  "\"seasonality\",\"config\":{\"include_day_of_week\":%s,\"include_month\":%s,"
                  "\"include_holidays\":%s}",
                  flag(state), flag(state), flag(state));
}

static void make_weather(uint64_t *state, struct bench_event *out)
{
    bench__append(out,
                  "\"weather\",\"config\":{\"window_days\":%" PRIu32
                  ",\"variables\":[\"temperature\",\"precipitation\"],\"region\":\"r%" PRIu32 "\"}",
                  1 + bench__below(state, 30), bench__below(state, 90));
}

static void make_promo(uint64_t *state, struct bench_event *out)
{
    bench__append(out,
                  "\"promo\",\"config\":{\"window_days\":%" PRIu32
                  ",\"include_discount_depth\":%s,\"min_discount\":0.%02" PRIu32 "}",
                  1 + bench__below(state, 60), flag(state), bench__below(state, 50));
}

void bench_events_changed(struct bench_events *events, struct bench_event *out)
{
    static void (*const makers[])(uint64_t *, struct bench_event *) = {
        make_ema, make_ma, make_std, make_lags, make_seasonality, make_weather, make_promo,
    };

    bench__begin(events, bench__draw_client(events), "feature_config.changed", out);
    bench__append(out, "{\"feature_type\":");
    makers[bench__below(&events->drawn, SM_ARRAY_COUNT(makers))](&events->drawn, out);
    bench__append(out, "}}");
}

/* ---- life cycle ---- */

struct bench_events *bench_events_create(const struct bench_events_options *options)
{
    struct bench_events *events = calloc(1, sizeof(*events));

    if (events == NULL)
        bench_fail("no memory for a generator of events");
    *events = (struct bench_events){
        .options = *options,
        .drawn = options->seed,
        .free = options->seed ^ (uint64_t)bench_wall_us() << 10,
        .shares = options->draw == BENCH_ZIPF ? make_shares(options->clients) : NULL,
        .work = calloc(options->clients, sizeof(*events->work)),
    };
    if (events->work == NULL)
        bench_fail("no memory for %" PRIu32 " clients", options->clients);
    return events;
}

void bench_events_destroy(struct bench_events *events)
{
    free(events->work);
    free(events->shares);
    free(events);
}
