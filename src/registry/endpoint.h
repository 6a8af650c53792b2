#ifndef SM_REGISTRY_ENDPOINT_H
#define SM_REGISTRY_ENDPOINT_H
/* A registry's address and credentials, checked, owned, and as libcurl wants them. */
#include <curl/curl.h>

#include "registry/client.h"

struct sm__endpoint {
    char *url; /* owned; as given, without slashes at its end */
    char *user; /* owned; NULL: no basic authentication */
    char *password; /* owned */
    char *token; /* owned; NULL: none */
    char *ca_file; /* owned; NULL: the system's */
    char *certificate_file; /* owned; NULL: none is shown */
    char *key_file; /* owned; NULL: in certificate_file */
    long connect_timeout_ms;
    long timeout_ms;
    struct curl_slist *headers; /* owned */
};

/* SM_OK and an endpoint to be closed; SM_FATAL, with nothing to close. */
SM_MUST_CHECK enum sm_status sm__endpoint_open(struct sm__endpoint *endpoint,
                                               const struct sm_registry_client *client,
                                               struct sm_err *err);
void sm__endpoint_close(struct sm__endpoint *endpoint);

/* Sets address (`path` begins with a slash), credentials, time-outs and all refusals on a fresh
 * handle, which must not outlive the endpoint. False when memory cannot be had. */
SM_MUST_CHECK bool sm__endpoint_prepare(const struct sm__endpoint *endpoint, CURL *easy,
                                        const char *path);
#endif
