/* The CloudEvents decoder on any record. Laws: the same record gives the same result; an event that
 * is taken has canonical data, which replay reads as the same values, and the hash of its content;
 * a refusal has a code and texts that can be printed.
 *
 * An input is a record as text: lines name=value are headers ("key" is the record's key,
 * "processing" puts it on that topic), up to an empty line; the rest is the value. */
#include "codec/cloudevents.h"
#include "domain/digest.h"
#include "fuzz/fuzz.h"
#include "fuzz/rejections.h"

#define HEADERS_MAX (SM_HEADERS_MAX + 2)

struct result {
    enum sm_status status;
    struct sm_event event;
    struct sm_event_known known;
    struct sm_rejection rejection;
};

static void add_line(struct sm_record *record, struct sm_header *headers, struct sm_slice line)
{
    const uint8_t *equals = memchr(line.data, '=', line.size);
    struct sm_header header = { .name = line };

    if (equals != NULL) {
        header.name.size = (size_t)(equals - line.data);
        header.value = (struct sm_slice){ equals + 1, line.size - header.name.size - 1 };
    }
    if (sm_slice_equal(header.name, SM_SLICE("key")))
        record->key = header.value;
    else if (sm_slice_equal(header.name, SM_SLICE("processing")))
        record->topic = SM_TOPIC_PROCESSING;
    else if (record->header_count < HEADERS_MAX)
        headers[record->header_count++] = header;
}

static struct sm_record record_of(struct sm_slice input, struct sm_header *headers)
{
    struct sm_record record = { .topic = SM_TOPIC_CONFIG, .headers = headers };
    size_t at = 0;

    while (at < input.size) {
        const uint8_t *end = memchr(input.data + at, '\n', input.size - at);
        size_t size = end == NULL ? input.size - at : (size_t)(end - input.data) - at;

        if (size == 0) {
            at++;
            record.value = (struct sm_slice){ input.data + at, input.size - at };
            break;
        }
        add_line(&record, headers, (struct sm_slice){ input.data + at, size });
        at += size + (end != NULL ? 1 : 0);
    }
    return record;
}

static void decode(const struct sm_record *record, struct sm_arena *arena, struct result *out)
{
    static struct sm_arena scratch;

    if (scratch.base == NULL)
        SM_ASSERT(sm_arena_init(&scratch, 16 << 20));
    memset(out, 0, sizeof(*out));
    out->status = sm_cloudevents_decode(record, arena, &scratch, &out->event, &out->known,
                                        &out->rejection);
    SM_ASSERT(sm_arena_mark(&scratch) == 0);
}

static void check_same(const struct sm_event *a, const struct sm_event *b)
{
    SM_ASSERT(sm_digest_equal(&a->content_hash, &b->content_hash));
    SM_ASSERT(sm_slice_equal(a->data, b->data) && sm_slice_equal(a->key, b->key));
    SM_ASSERT(sm_slice_equal(a->traceparent, b->traceparent));
    for (size_t i = 0; i < SM_VALUES_MAX; i++) {
        SM_ASSERT(a->values[i].type == b->values[i].type);
        SM_ASSERT(sm_slice_equal(a->values[i].text, b->values[i].text));
    }
}

static void check_event(const struct sm_event *event, struct sm_arena *arena)
{
    struct sm_event replayed = *event;
    struct sm_json_fault fault;
    struct sm_json *root;
    struct sm_slice again;
    struct sm_digest hash;

    SM_ASSERT(sm_json_read(event->data, arena, &root, &fault) == SM_OK);
    SM_ASSERT(sm_json_canonical(root, arena, &again) == SM_OK);
    SM_ASSERT(sm_slice_equal(event->data, again));
    SM_ASSERT(sm_event_replay_data(&replayed, event->data, arena));
    check_same(event, &replayed);
    sm_content_hash(&replayed, &hash);
    SM_ASSERT(sm_digest_equal(&hash, &event->content_hash));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sm_arena arena;
    static struct result first, second;
    struct sm_header headers[HEADERS_MAX];
    struct sm_record record = record_of((struct sm_slice){ data, size }, headers);

    if (arena.base == NULL)
        SM_ASSERT(sm_arena_init(&arena, 32 << 20));
    sm_arena_reset(&arena);
    decode(&record, &arena, &first);
    decode(&record, &arena, &second);
    SM_ASSERT(first.status == second.status);
    SM_ASSERT(memcmp(&first.known, &second.known, sizeof(first.known)) == 0);
    if (first.status == SM_OK) {
        check_same(&first.event, &second.event);
        check_event(&first.event, &arena);
    } else {
        SM_ASSERT(first.status == SM_REJECT);
        check_rejection(&first.rejection);
        SM_ASSERT(strcmp(first.rejection.reason, second.rejection.reason) == 0);
    }
    return 0;
}
