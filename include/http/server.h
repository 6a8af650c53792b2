#ifndef SM_HTTP_SERVER_H
#define SM_HTTP_SERVER_H
/* Lag by HTTP: the dashboard's page, what it reads (/api/v1/...), /metrics, /livez and /readyz.
 * Reads only, on a loopback address only.
 *
 * Answers are made once when something is published, not once a request: who asks often costs
 * copying, and who does not read holds one of the few latest answers. A stream of events tells the
 * newest answer only, when its reader can take it. The server has one thread of
 * its own, which waits for nobody; what is published may come from another thread. */
#include "codec/lag_snapshot.h"

#define SM_HTTP_RANGES 3 /* of history: 15 minutes, 6 hours, 7 days */
struct sm_http_view {
    const struct sm_lag_snapshot *lag;
    const char *version; /* of the program */
    int64_t database_wall_us, kafka_wall_us; /* when each answered last; SM_LAG_UNKNOWN: never */
    const char *instance; /* whose answers these are */
    const char *sentence; /* how it stands, for people */
    const char *board; /* JSON: what waits and so on; NULL: not known */
    struct sm_slice history[SM_HTTP_RANGES]; /* JSON; absent: not known */
};

struct sm_http_server;
/* Listens at "ADDRESS:PORT": 127.0.0.1, [::1] or localhost; port 0 is any free one. The signals
 * that the caller's thread has blocked are blocked in the server's. SM_OK, and a server to stop;
 * SM_FATAL: not such an address, or it is taken, or no memory; err says which. */
SM_MUST_CHECK enum sm_status sm_http_server_start(const char *address, struct sm_http_server **out,
                                                  struct sm_err *err);
/* Ends all connections. NULL is allowed. */
void sm_http_server_stop(struct sm_http_server *server);
/* The port it listens at. */
uint16_t sm_http_server_port(const struct sm_http_server *server);
/* What is answered from now on; copied. SM_OK; SM_FATAL: no memory, and the answers stay what they
 * were until they are too old to be given. */
SM_MUST_CHECK enum sm_status sm_http_server_publish(struct sm_http_server *server,
                                                    const struct sm_http_view *view,
                                                    struct sm_err *err);
const char *sm_http_library_version(void);
#endif
