#ifndef SM_BASE_VERSION_H
#define SM_BASE_VERSION_H

/* "3.0.17": the OpenSSL that is loaded. Static text. */
const char *sm_openssl_version(void);
#endif
