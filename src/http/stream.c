/* Streams of events. */
#include "http/stream.h"

#define PIECE_SIZE 8192u /* of a body that the library asks for at once */

struct sm__http_stream {
    struct sm__http_feed *feed;
    struct MHD_Connection *connection;
    struct sm__http_pages *pages; /* held; that are being sent */
    size_t sent;                  /* bytes of them */
    struct sm__http_stream *next; /* that sleeps */
};

void sm__http_feed_init(struct sm__http_feed *feed)
{
    *feed = (struct sm__http_feed){.pages = NULL};
    (void)pthread_mutex_init(&feed->lock, NULL);
}

static void lock(struct sm__http_feed *feed)
{
    (void)pthread_mutex_lock(&feed->lock);
}

static void unlock(struct sm__http_feed *feed)
{
    (void)pthread_mutex_unlock(&feed->lock);
}

/* With the lock held: a stream that is awake may be gone at once. */
static void wake_all(struct sm__http_feed *feed)
{
    while (feed->asleep != NULL) {
        struct sm__http_stream *stream = feed->asleep;

        feed->asleep = stream->next;
        MHD_resume_connection(stream->connection);
    }
}

void sm__http_feed_end(struct sm__http_feed *feed)
{
    lock(feed);
    feed->ending = true;
    wake_all(feed);
    unlock(feed);
}

void sm__http_feed_deinit(struct sm__http_feed *feed)
{
    SM_ASSERT(feed->streams == 0);
    sm__http_pages_release(feed->pages);
    (void)pthread_mutex_destroy(&feed->lock);
}

void sm__http_feed_put(struct sm__http_feed *feed, struct sm__http_pages *pages)
{
    struct sm__http_pages *before;

    lock(feed);
    before = feed->pages;
    feed->pages = pages;
    wake_all(feed);
    unlock(feed);
    sm__http_pages_release(before);
}

uint64_t sm__http_feed_next(struct sm__http_feed *feed)
{
    uint64_t number;

    lock(feed);
    number = feed->pages != NULL ? feed->pages->number + 1 : 1;
    unlock(feed);
    return number;
}

struct sm__http_pages *sm__http_feed_hold(struct sm__http_feed *feed)
{
    struct sm__http_pages *pages;

    lock(feed);
    pages = feed->pages;
    if (pages != NULL)
        sm__http_pages_hold(pages);
    unlock(feed);
    return pages;
}

bool sm__http_feed_has_room(struct sm__http_feed *feed)
{
    bool has_room;

    lock(feed);
    has_room = feed->streams < SM__HTTP_STREAMS_MAX;
    unlock(feed);
    return has_room;
}

/* Takes newer pages, or sleeps. False: it is to end. The connection sleeps before the lock is given
 * back: whoever publishes in between would find nobody to wake. */
static bool take_newer(struct sm__http_stream *stream)
{
    struct sm__http_feed *feed = stream->feed;
    struct sm__http_pages *before = NULL;
    bool goes_on;

    lock(feed);
    goes_on = !feed->ending;
    if (goes_on && feed->pages != stream->pages) {
        before = stream->pages;
        stream->pages = feed->pages;
        sm__http_pages_hold(stream->pages);
        stream->sent = 0;
    } else if (goes_on) {
        stream->next = feed->asleep;
        feed->asleep = stream;
        MHD_suspend_connection(stream->connection);
    }
    unlock(feed);
    sm__http_pages_release(before);
    return goes_on;
}

static struct sm_slice rest_of(const struct sm__http_stream *stream)
{
    struct sm_slice event = SM_SLICE_NONE;

    if (stream->pages == NULL)
        return event;
    event = sm_buf_view(&stream->pages->pages[SM__HTTP_EVENT]);
    event.data += stream->sent;
    event.size -= stream->sent;
    return event;
}

static ssize_t read_stream(void *context, uint64_t position, char *out, size_t size)
{
    struct sm__http_stream *stream = context;
    struct sm_slice rest = rest_of(stream);

    (void)position;
    if (rest.size == 0) {
        if (!take_newer(stream))
            return MHD_CONTENT_READER_END_OF_STREAM;
        rest = rest_of(stream);
    }
    if (rest.size > size)
        rest.size = size;
    if (rest.size != 0)
        memcpy(out, rest.data, rest.size);
    stream->sent += rest.size;
    return (ssize_t)rest.size;
}

static void close_stream(void *context)
{
    struct sm__http_stream *stream = context;

    lock(stream->feed);
    stream->feed->streams--;
    unlock(stream->feed);
    sm__http_pages_release(stream->pages);
    free(stream);
}

struct MHD_Response *sm__http_stream_open(struct sm__http_feed *feed,
                                          struct MHD_Connection *connection)
{
    struct sm__http_stream *stream = calloc(1, sizeof(*stream));
    struct MHD_Response *response;

    if (stream == NULL)
        return NULL;
    stream->feed = feed;
    stream->connection = connection;
    response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_SIZE, read_stream, stream,
                                                 close_stream);
    if (response == NULL) {
        free(stream);
        return NULL;
    }
    lock(feed);
    feed->streams++;
    unlock(feed);
    return response;
}
