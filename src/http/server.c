/* The server, by libmicrohttpd. */
#include <errno.h>

#include "base/clock.h"
#include "http/stream.h"

#define CONNECTIONS_MAX   64u
#define CONNECTION_MEMORY (16u << 10) /* of a request's headers, and a piece of the answer */
#define NO_ROOM           "too many pages are open\n"
#define TIMEOUT_S         10u /* a connection on which nothing moves is closed */

struct sm_http_server {
    struct MHD_Daemon *daemon;
    struct sm__http_feed feed;
};

static void release_pages(void *pages)
{
    sm__http_pages_release(pages);
}

/* Adopts `pages`, whatever comes of it. NULL: no memory. */
static struct MHD_Response *make_response(struct sm_http_server *server,
                                          struct MHD_Connection *connection,
                                          const struct sm__http_reply *reply,
                                          struct sm__http_pages *pages)
{
    struct MHD_Response *response;

    if (reply->is_stream) {
        sm__http_pages_release(pages);
        return sm__http_stream_open(&server->feed, connection);
    }
    if (reply->of_pages) {
        response = MHD_create_response_from_buffer_with_free_callback_cls(
            reply->body.size, (void *)(uintptr_t)reply->body.data, release_pages, pages);
        if (response == NULL)
            sm__http_pages_release(pages);
        return response;
    }
    sm__http_pages_release(pages);
    return MHD_create_response_from_buffer(reply->body.size, (void *)(uintptr_t)reply->body.data,
                                           MHD_RESPMEM_PERSISTENT);
}

/* The page loads what this server has, and nothing else; nothing runs that is written into it. */
#define POLICY "default-src 'none'; frame-ancestors 'none'"
#define POLICY_OF_PAGE                                                                       \
    POLICY "; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " \
           "base-uri 'none'; form-action 'none'"

static bool add_headers(struct MHD_Response *response, const struct sm__http_reply *reply)
{
    const char *const headers[][2] = {
        {"Content-Type", reply->type},
        {"Cache-Control", "no-store"},
        {"Content-Security-Policy", reply->is_page ? POLICY_OF_PAGE : POLICY},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"X-Accel-Buffering", reply->is_stream ? "no" : NULL},
        {"Retry-After", reply->status == 503 ? "1" : NULL},
        {"Allow", reply->allow},
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(headers); i++) {
        if (headers[i][1] != NULL &&
            MHD_add_response_header(response, headers[i][0], headers[i][1]) != MHD_YES)
            return false;
    }
    return true;
}

static const struct sm__http_reply no_room = {
    .status = 503,
    .type = "text/plain; charset=utf-8",
    .body = {(const uint8_t *)NO_ROOM, sizeof(NO_ROOM) - 1},
};

/* Called once a request, with its headers; a body is not waited for. */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **of_request)
{
    struct sm_http_server *server = context;
    struct sm__http_pages *pages = sm__http_feed_hold(&server->feed);
    const struct sm__http_request request = {
        .method = method,
        .path = url,
        .host = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Host"),
        .accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Accept"),
        .range = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "range")};
    struct sm__http_reply reply;
    struct MHD_Response *response;
    enum MHD_Result queued = MHD_NO;

    (void)version, (void)upload, (void)upload_size, (void)of_request;
    sm__http_route(&request, pages, sm_monotonic_us(), &reply);
    if (reply.is_stream && !sm__http_feed_has_room(&server->feed))
        reply = no_room;
    response = make_response(server, connection, &reply, pages);
    if (response == NULL)
        return MHD_NO;
    if (add_headers(response, &reply))
        queued = MHD_queue_response(connection, reply.status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum sm_status listen_at(struct sm_http_server *server, const char *text,
                                const union sm__http_address *address, struct sm_err *err)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;

    if (address->any.sa_family == AF_INET6)
        flags |= MHD_USE_IPv6;
    errno = 0;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR, &address->any,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MAX, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S, MHD_OPTION_END);
    if (server->daemon != NULL)
        return SM_OK;
    return sm_err_set(err, SM_FATAL, SM_FROM_OS,
                      "cannot listen at %s: %s; hint: another program may have the port", text,
                      errno != 0 ? strerror(errno) : "refused");
}

enum sm_status sm_http_server_start(const char *address, struct sm_http_server **out,
                                    struct sm_err *err)
{
    union sm__http_address parsed;
    enum sm_status status = sm__http_address_parse(address, &parsed, err);
    struct sm_http_server *server;

    if (status != SM_OK)
        return status;
    server = calloc(1, sizeof(*server));
    if (server == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the server of lag");
    sm__http_feed_init(&server->feed);
    status = listen_at(server, address, &parsed, err);
    if (status == SM_OK)
        *out = server;
    else
        sm_http_server_stop(server);
    return status;
}

void sm_http_server_stop(struct sm_http_server *server)
{
    if (server == NULL)
        return;
    sm__http_feed_end(&server->feed);
    if (server->daemon != NULL)
        MHD_stop_daemon(server->daemon);
    sm__http_feed_deinit(&server->feed);
    free(server);
}

uint16_t sm_http_server_port(const struct sm_http_server *server)
{
    return MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

enum sm_status sm_http_server_publish(struct sm_http_server *server,
                                      const struct sm_http_view *view, struct sm_err *err)
{
    struct sm__http_pages *made =
        sm__http_pages_create(view, sm__http_feed_next(&server->feed), sm_monotonic_us());

    if (made == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the answers about lag");
    sm__http_feed_put(&server->feed, made);
    return SM_OK;
}

const char *sm_http_library_version(void)
{
    return MHD_get_version();
}
