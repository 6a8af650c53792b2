/* Events in Avro on any bytes, by the schemas that ship. Laws: the same record gives the same
 * result; an event that is taken comes back from its own encoding, and from its JSON; a refusal has
 * a code and texts that can be printed.
 *
 * An input is the topic (0 config, else processing) and the body. The key is the event's client, if
 * the body begins as it should. */
#include "codec/avro_event.h"
#include "domain/digest.h"
#include "fuzz/fuzz.h"
#include "fuzz/rejections.h"

struct result {
    enum sm_status status;
    struct sm_event event;
    struct sm_event_known known;
    struct sm_rejection rejection;
};

static struct sm_arena arena, scratch;
static const struct sm_avro_event_plans *plans;
static struct sm_avro_encoder *encoder;

/* avro-c points into the middle of its texts, which LeakSanitizer takes for leaks. */
static void close_all(void)
{
    sm_avro_encoder_destroy(encoder);
}

static void open_all(void)
{
    if (plans != NULL)
        return;
    SM_ASSERT(sm_arena_init(&arena, 32 << 20) && sm_arena_init(&scratch, 32 << 20));
    SM_ASSERT(sm_avro_event_plans_compile(&arena, &scratch, &plans) == SM_OK);
    encoder = sm_avro_encoder_create();
    SM_ASSERT(encoder != NULL && atexit(close_all) == 0);
}

static void decode(struct sm_slice body, enum sm_topic topic, struct sm_slice key,
                   struct result *out)
{
    struct sm_record record = { .topic = topic, .key = key, .value = body };
    uint64_t fingerprint =
        topic == SM_TOPIC_CONFIG ? UINT64_C(0xf20386c4e852841a) : UINT64_C(0x389439d586b75022);

    memset(out, 0, sizeof(*out));
    if (body.data == NULL)
        record.value = SM_SLICE("");
    out->status =
        sm_avro_event_decode(sm_avro_event_plans_find(plans, fingerprint), record.value, &record,
                             &arena, &scratch, &out->event, &out->known, &out->rejection);
    SM_ASSERT(sm_arena_mark(&scratch) == 0);
}

static void check_event(const struct result *result, enum sm_topic topic, struct sm_slice key)
{
    static struct result again;
    struct sm_buf out;
    struct sm_slice body;

    sm_buf_init(&out, 8 << 20);
    SM_ASSERT(sm_avro_event_encode(encoder, &result->event, SM_FRAME_SINGLE_OBJECT, 0, &scratch,
                                   &out) == SM_OK);
    body = sm_buf_view(&out);
    body.data += 10;
    body.size -= 10;
    decode(body, topic, key, &again);
    SM_ASSERT(again.status == SM_OK);
    SM_ASSERT(sm_digest_equal(&again.event.content_hash, &result->event.content_hash));
    SM_ASSERT(sm_slice_equal(again.event.data, result->event.data));
    sm_buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct result first, second;
    struct sm_slice body = { data, size }, key = SM_SLICE_NONE;
    enum sm_topic topic = size > 0 && data[0] != 0 ? SM_TOPIC_PROCESSING : SM_TOPIC_CONFIG;
    char text[SM_UUID_TEXT_SIZE + 1];
    size_t mark;

    open_all();
    mark = sm_arena_mark(&arena);
    if (size > 0)
        body = (struct sm_slice){ data + 1, size - 1 };
    decode(body, topic, key, &first);
    if (first.known.client_id) {
        sm_uuid_format(&first.event.client_id, text);
        key = sm_slice_of(text);
    }
    decode(body, topic, key, &first);
    decode(body, topic, key, &second);
    SM_ASSERT(first.status == second.status);
    SM_ASSERT(memcmp(&first.known, &second.known, sizeof(first.known)) == 0);
    if (first.status == SM_OK) {
        SM_ASSERT(sm_digest_equal(&first.event.content_hash, &second.event.content_hash));
        check_event(&first, topic, key);
    } else {
        SM_ASSERT(first.status == SM_REJECT);
        check_rejection(&first.rejection);
    }
    sm_arena_rewind(&arena, mark);
    return 0;
}
