#ifndef SM_REGISTRY_CLIENT_H
#define SM_REGISTRY_CLIENT_H
/* How to reach a schema registry that speaks the Confluent API, for all parts of this layer.
 *
 * Redirections are not followed, proxies of the environment are not used, answers are not
 * decompressed. Names of hosts are looked up by a thread of libcurl's. */
#include <stdint.h>

#include "base/err.h"

struct sm_registry_client {
    const char *url; /* base URL: http or https, with the path before /schemas, without user,
                        password, query and fragment */
    const char *user; /* basic authentication; NULL or "": none */
    const char *password; /* NULL: empty */
    const char *token; /* bearer token, in place of user and password; NULL or "": none */
    const char *ca_file; /* PEM file of the only authorities that are trusted; NULL or "": the
                            system's */
    const char *certificate_file; /* PEM file of the certificate that we show, with its chain; NULL
                                     or "": none is shown */
    const char *key_file; /* PEM file of its key; NULL or "": it is in certificate_file */
    int connect_timeout_ms; /* 0: 3,000, and at most timeout_ms */
    int timeout_ms; /* of a whole request; 0: 10,000 */
};

/* SM_OK, or SM_FATAL when this can never work; err says what to give instead, without secrets. */
SM_MUST_CHECK enum sm_status sm_registry_client_check(const struct sm_registry_client *client,
                                                      struct sm_err *err);

/* "7.88.1": the libcurl that is linked at run time. Static text. */
const char *sm_curl_library_version(void);
#endif
