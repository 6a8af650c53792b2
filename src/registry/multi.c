#include "registry/multi.h"

#include "base/slice.h"

static size_t find_fd(const struct sm__multi *multi, curl_socket_t fd)
{
    size_t at = 0;

    while (at < multi->fd_count && multi->fds[at].fd != fd)
        at++;
    return at;
}

static short events_of(int what)
{
    switch (what) {
    case CURL_POLL_IN:
        return POLLIN;
    case CURL_POLL_OUT:
        return POLLOUT;
    default:
        return POLLIN | POLLOUT;
    }
}

/* A socket that finds no room is one that nobody wakes up for: its transfer runs into its time-out.
 * There are four for each of the transfers that may be under way, which use two. */
static int watch_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *unused)
{
    struct sm__multi *multi = context;
    size_t at = find_fd(multi, fd);

    (void)easy;
    (void)unused;
    if (what == CURL_POLL_REMOVE) {
        if (at < multi->fd_count)
            multi->fds[at] = multi->fds[--multi->fd_count];
        return 0;
    }
    if (at == SM_SCHEMAS_FDS_MAX)
        return 0;
    if (at == multi->fd_count)
        multi->fd_count++;
    multi->fds[at] = (struct pollfd){ fd, events_of(what), 0 };
    return 0;
}

static int set_timer(CURLM *handle, long timeout_ms, void *context)
{
    struct sm__multi *multi = context;

    (void)handle;
    multi->timer_us =
        timeout_ms < 0 ? INT64_MAX : sm_monotonic_us() + (int64_t)timeout_ms * 1000;
    return 0;
}

bool sm__multi_init(struct sm__multi *multi)
{
    *multi = (struct sm__multi){ .handle = curl_multi_init(), .timer_us = INT64_MAX };
    return multi->handle != NULL &&
           curl_multi_setopt(multi->handle, CURLMOPT_SOCKETFUNCTION, watch_socket) == CURLM_OK &&
           curl_multi_setopt(multi->handle, CURLMOPT_SOCKETDATA, multi) == CURLM_OK &&
           curl_multi_setopt(multi->handle, CURLMOPT_TIMERFUNCTION, set_timer) == CURLM_OK &&
           curl_multi_setopt(multi->handle, CURLMOPT_TIMERDATA, multi) == CURLM_OK &&
           curl_multi_setopt(multi->handle, CURLMOPT_MAXCONNECTS, (long)SM_SCHEMAS_FLYING_MAX) ==
               CURLM_OK;
}

void sm__multi_deinit(struct sm__multi *multi)
{
    (void)curl_multi_cleanup(multi->handle);
    multi->handle = NULL;
}

/* What a call of libcurl's makes of the table is seen with the next round. */
static void drive_sockets(struct sm__multi *multi)
{
    struct pollfd ready[SM_SCHEMAS_FDS_MAX];
    size_t count = multi->fd_count;
    int running;

    memcpy(ready, multi->fds, sizeof(ready));
    if (count == 0 || poll(ready, (nfds_t)count, 0) <= 0)
        return;
    for (size_t i = 0; i < count; i++) {
        int mask = (ready[i].revents & POLLIN ? CURL_CSELECT_IN : 0) |
                   (ready[i].revents & POLLOUT ? CURL_CSELECT_OUT : 0) |
                   (ready[i].revents & (POLLERR | POLLHUP | POLLNVAL) ? CURL_CSELECT_ERR : 0);

        if (mask != 0 && find_fd(multi, ready[i].fd) < multi->fd_count)
            (void)curl_multi_socket_action(multi->handle, ready[i].fd, mask, &running);
    }
}

void sm__multi_drive(struct sm__multi *multi)
{
    int running;

    drive_sockets(multi);
    if (sm_monotonic_us() < multi->timer_us)
        return;
    multi->timer_us = INT64_MAX; /* libcurl sets it anew only when its own view of it changes */
    (void)curl_multi_socket_action(multi->handle, CURL_SOCKET_TIMEOUT, 0, &running);
}
