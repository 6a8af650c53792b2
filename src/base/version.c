/* Which OpenSSL is loaded. */
#include <openssl/crypto.h>

#include "base/version.h"

const char *sm_openssl_version(void)
{
    return OpenSSL_version(OPENSSL_VERSION_STRING);
}
