/* What one event costs the CPU before anything is stored: prints nanoseconds an event for our
 * decoder and its parts, beside jansson's parse of the same bytes. Built, not run as a test.
 *
 * usage: support_bench_codec [ROUNDS] */
#include <avro.h>
#include <inttypes.h>
#include <jansson.h>

#include "codec/avro_event.h"
#include "codec/cloudevents.h"
#include "codec/schemas.h"
#include "domain/digest.h"

static const char structured[] =
    "{\"specversion\":\"1.0\",\"id\":\"0197a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\","
    "\"source\":\"erp/features\",\"type\":\"feature_config.changed\","
    "\"subject\":\"6f1c1c50-5a3e-4b8e-9d59-8f1f7b3c2a10\",\"time\":\"2026-11-23T03:44:00.123456Z\","
    "\"actor\":\"ivan.petrov\",\"data\":{\"feature_type\":\"ema\",\"config\":{\"window_days\":7,"
    "\"alpha\":0.30,\"min_samples\":3,\"nan_strategy\":\"skip\"}}}";

static uint64_t sink; /* keeps the work from being optimised away */

static int64_t now_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct bench {
    struct sm_record record;
    struct sm_arena arena;
    struct sm_arena scratch;
    struct sm_event event;
    struct sm_json *root;
    struct sm_buf avro; /* the same event in single-object encoding */
    const struct sm_avro_event_plan *event_plan;
    const struct sm_avro_plan *plan;
    struct sm_avro_encoder *encoder;
    struct sm_buf encoded;
    avro_value_t oracle; /* avro-c's, used again and again: its fastest way */
};

static void run_decode(struct bench *bench)
{
    struct sm_event_known known;
    struct sm_rejection rejection;

    sm_arena_reset(&bench->arena);
    if (sm_cloudevents_decode(&bench->record, &bench->arena, &bench->scratch, &bench->event, &known,
                              &rejection) != SM_OK)
        abort();
    sink += bench->event.content_hash.bytes[0];
}

static void run_read(struct bench *bench)
{
    struct sm_json_fault fault;

    sm_arena_reset(&bench->arena);
    if (sm_json_read(bench->record.value, &bench->arena, &bench->root, &fault) != SM_OK)
        abort();
    sink += bench->root->count;
}

static void run_canonical(struct bench *bench)
{
    struct sm_slice text;

    if (sm_json_canonical(bench->root, &bench->scratch, &text) != SM_OK)
        abort();
    sm_arena_reset(&bench->scratch);
    sink += text.size;
}

static void run_hash(struct bench *bench)
{
    sm_content_hash(&bench->event, &bench->event.content_hash);
    sink += bench->event.content_hash.bytes[0];
}

static void run_jansson(struct bench *bench)
{
    json_t *root =
        json_loadb((const char *)bench->record.value.data, bench->record.value.size, 0, NULL);

    if (root == NULL)
        abort();
    sink += json_object_size(root);
    json_decref(root);
}

static struct sm_slice avro_body(const struct bench *bench)
{
    return (struct sm_slice){ (const uint8_t *)bench->avro.data + 10, bench->avro.size - 10 };
}

static void run_avro_event(struct bench *bench)
{
    struct sm_event_known known;
    struct sm_rejection rejection;
    struct sm_record record = bench->record;

    sm_arena_reset(&bench->arena);
    record.value = sm_buf_view(&bench->avro);
    if (sm_avro_event_decode(bench->event_plan, sm_frame_of(&record).body, &record, &bench->arena,
                             &bench->scratch, &bench->event, &known, &rejection) != SM_OK)
        abort();
    sink += bench->event.content_hash.bytes[0];
}

static void run_avro(struct bench *bench)
{
    struct sm_avro_datum datum;
    struct sm_avro_fault fault;

    sm_arena_reset(&bench->arena);
    if (sm_avro_decode(bench->plan, avro_body(bench), &bench->arena, &datum, &fault) != SM_OK)
        abort();
    sink += datum.steps;
}

static void run_avro_c(struct bench *bench)
{
    struct sm_slice body = avro_body(bench);
    avro_reader_t reader = avro_reader_memory((const char *)body.data, (int64_t)body.size);

    if (reader == NULL || avro_value_reset(&bench->oracle) != 0 ||
        avro_value_read(reader, &bench->oracle) != 0)
        abort();
    avro_reader_free(reader);
    sink++;
}

static void run_avro_encode(struct bench *bench)
{
    sm_buf_reset(&bench->encoded);
    if (sm_avro_event_encode(bench->encoder, &bench->event, SM_FRAME_SINGLE_OBJECT, 0,
                             &bench->scratch, &bench->encoded) != SM_OK)
        abort();
    sink += bench->encoded.size;
}

/* The event that was decoded last, as Avro, with all that reads it. */
static bool open_avro(struct bench *bench)
{
    static struct sm_arena plans;
    struct sm_slice text = sm_schema_latest(SM_TOPIC_CONFIG)->text;
    const struct sm_avro_schema *schema = NULL;
    struct sm_avro_schema_fault fault;
    avro_schema_t parsed = NULL;
    bool good;

    sm_buf_init(&bench->avro, 1 << 20);
    sm_buf_init(&bench->encoded, 1 << 20);
    bench->encoder = sm_avro_encoder_create();
    good = bench->encoder != NULL && sm_arena_init(&plans, 1 << 20) &&
           sm_avro_event_encode(bench->encoder, &bench->event, SM_FRAME_SINGLE_OBJECT, 0,
                                &bench->scratch, &bench->avro) == SM_OK &&
           sm_avro_event_plan_compile(text, &plans, &bench->scratch, &bench->event_plan, &fault) ==
               SM_OK &&
           sm_avro_schema_read(text, &bench->scratch, &schema, &fault) == SM_OK &&
           sm_avro_plan_compile(schema, schema, &plans, &bench->scratch, &bench->plan, &fault) ==
               SM_OK &&
           avro_schema_from_json_length((const char *)text.data, text.size, &parsed) == 0 &&
           avro_generic_value_new(avro_generic_class_from_schema(parsed), &bench->oracle) == 0;
    sm_arena_reset(&bench->scratch);
    return good;
}

enum { SLICES = 200 };

/* The best of many short runs: one that nothing else on the machine disturbed. */
static void measure(const char *name, void (*run)(struct bench *), struct bench *bench, long rounds)
{
    int64_t best = INT64_MAX;

    for (int slice = 0; slice < SLICES; slice++) {
        int64_t start = now_ns();

        for (long i = 0; i < rounds; i++)
            run(bench);
        if (now_ns() - start < best)
            best = now_ns() - start;
    }
    printf("%-42s %8.0f ns\n", name, (double)best / (double)rounds);
}

int main(int argc, char **argv)
{
    struct bench bench = { .record = { .topic = SM_TOPIC_CONFIG } };
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 2000;

    if (rounds < 1 || !sm_arena_init(&bench.arena, 1 << 20) ||
        !sm_arena_init(&bench.scratch, 16 << 20))
        return 1;
    bench.record.key = SM_SLICE("6f1c1c50-5a3e-4b8e-9d59-8f1f7b3c2a10");
    bench.record.value = (struct sm_slice){ (const uint8_t *)structured, sizeof(structured) - 1 };
    printf("a feature_config.changed of %zu bytes, best of %d runs of %ld rounds\n",
           sizeof(structured) - 1, SLICES, rounds);
    measure("JSON: decode, validate, canonical, hash", run_decode, &bench, rounds);
    measure("  of which: content hash", run_hash, &bench, rounds);
    measure("  of which: read the JSON into nodes", run_read, &bench, rounds);
    measure("canonical text of the whole document", run_canonical, &bench, rounds);
    measure("jansson: parse and free alone", run_jansson, &bench, rounds);
    run_decode(&bench);
    if (!open_avro(&bench))
        return 1;
    measure("Avro: decode, validate, canonical, hash", run_avro_event, &bench, rounds);
    measure("  of which: decode the Avro into values", run_avro, &bench, rounds);
    measure("avro-c: decode alone, into a value kept", run_avro_c, &bench, rounds);
    run_avro_event(&bench);
    measure("Avro: encode, through avro-c", run_avro_encode, &bench, rounds);
    return sink == 0;
}
