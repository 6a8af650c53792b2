/* Addresses to listen at, and names by which this machine may be called. */
#include <arpa/inet.h>

#include "http/http_priv.h"

#define HOST_SIZE    64
#define PORT_MAX     65535
#define PORT_DIGITS  5

struct parts {
    char host[HOST_SIZE]; /* without brackets */
    struct sm_slice port; /* data NULL: there is none */
};

/* "127.0.0.1:80", "[::1]:80", "localhost"; an address of IPv6 needs its brackets. */
static bool split(const char *text, struct parts *out)
{
    const char *begin = text + (text[0] == '['), *end, *rest;

    end = text[0] == '[' ? strchr(begin, ']') : begin + strcspn(begin, ":");
    if (end == NULL || end == begin || (size_t)(end - begin) >= HOST_SIZE)
        return false;
    memcpy(out->host, begin, (size_t)(end - begin));
    out->host[end - begin] = '\0';
    rest = end + (text[0] == '[');
    out->port = (struct sm_slice){NULL, 0};
    if (rest[0] == '\0')
        return true;
    out->port = sm_slice_of(rest + 1);
    return rest[0] == ':';
}

static bool parse_port(struct sm_slice text, in_port_t *out)
{
    uint32_t port = 0;

    if (text.size == 0 || text.size > PORT_DIGITS)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        port = port * 10 + (uint32_t)(text.data[i] - '0');
    }
    *out = htons((uint16_t)port);
    return port <= PORT_MAX;
}

/* False: no address. The port is left 0. */
static bool parse_host(const char *host, union sm__http_address *out)
{
    *out = (union sm__http_address){.v6 = {.sin6_family = AF_INET6}};
    if (inet_pton(AF_INET6, host, &out->v6.sin6_addr) == 1)
        return true;
    *out = (union sm__http_address){.v4 = {.sin_family = AF_INET}};
    return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
                     &out->v4.sin_addr) == 1;
}

static bool is_loopback(const union sm__http_address *address)
{
    if (address->any.sa_family == AF_INET6)
        return IN6_IS_ADDR_LOOPBACK(&address->v6.sin6_addr);
    return ntohl(address->v4.sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
}

enum sm_status sm__http_address_parse(const char *text, union sm__http_address *out,
                                      struct sm_err *err)
{
    struct parts parts;
    in_port_t port;

    if (!split(text, &parts) || !parse_port(parts.port, &port) || !parse_host(parts.host, out))
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN,
                          "cannot listen at \"%s\": it is not ADDRESS:PORT; hint: like "
                          "127.0.0.1:9464 or [::1]:9464",
                          text);
    if (!is_loopback(out))
        return sm_err_set(err, SM_FATAL, SM_FROM_DOMAIN,
                          "will not listen at \"%s\": everybody on that network could read; hint: "
                          "listen at 127.0.0.1, with a proxy before it that has TLS and asks for "
                          "a password",
                          text);
    if (out->any.sa_family == AF_INET6)
        out->v6.sin6_port = port;
    else
        out->v4.sin_port = port;
    return SM_OK;
}

bool sm__http_host_is_ours(const char *host)
{
    union sm__http_address address;
    struct parts parts;
    in_port_t port;

    return split(host, &parts) && (parts.port.data == NULL || parse_port(parts.port, &port)) &&
           parse_host(parts.host, &address) && is_loopback(&address);
}
