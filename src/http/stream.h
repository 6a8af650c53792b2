#ifndef SM_HTTP_STREAM_H
#define SM_HTTP_STREAM_H
/* What was published last, and the streams that tell it: server-sent events.
 *
 * A stream sends the newest pages, then sleeps until there are newer ones. A reader that is slow
 * misses what came between; one that does not read at all holds one set of pages, until the library
 * closes its connection. Functions of the feed may be called from any thread. */
#include <microhttpd.h>
#include <pthread.h>

#include "http/http_priv.h"

#define SM__HTTP_STREAMS_MAX 40u

struct sm__http_stream;
struct sm__http_feed {
    pthread_mutex_t lock; /* of all that follows; held for a moment */
    struct sm__http_pages *pages; /* NULL: nothing was published yet */
    struct sm__http_stream *asleep; /* a list */
    unsigned streams; /* that are open */
    bool ending;
};

void sm__http_feed_init(struct sm__http_feed *feed);
/* All streams end. To be called before the library's daemon is stopped. */
void sm__http_feed_end(struct sm__http_feed *feed);
void sm__http_feed_deinit(struct sm__http_feed *feed);

/* Adopts the pages, and wakes the streams. */
void sm__http_feed_put(struct sm__http_feed *feed, struct sm__http_pages *pages);
/* The number of the next pages. */
uint64_t sm__http_feed_next(struct sm__http_feed *feed);
/* The caller releases them. NULL: there are none. */
struct sm__http_pages *sm__http_feed_hold(struct sm__http_feed *feed);

/* False: no more streams at the moment. */
bool sm__http_feed_has_room(struct sm__http_feed *feed);
/* A body that never ends by itself. NULL: no memory. */
struct MHD_Response *sm__http_stream_open(struct sm__http_feed *feed,
                                          struct MHD_Connection *connection);
#endif
