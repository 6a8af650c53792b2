#include "registry/transfer.h"

#include <strings.h>

#include "ports/schemas.h"

#define HEADER_SIZE_MAX 65536
#define URL_SHOWN       "%.300s" /* an address must leave room for what happened */

/* ---- life cycle ---- */

bool sm__transfer_init(struct sm__transfer *transfer)
{
    sm_buf_init(&transfer->body, SM_SCHEMA_SIZE_MAX);
    transfer->easy = curl_easy_init();
    return transfer->easy != NULL;
}

void sm__transfer_deinit(struct sm__transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer->easy = NULL;
    sm_buf_deinit(&transfer->body);
}

void sm__transfer_forget(struct sm__transfer *transfer)
{
    sm_buf_deinit(&transfer->body);
    sm_buf_init(&transfer->body, SM_SCHEMA_SIZE_MAX);
    transfer->header_size = 0;
    transfer->too_large = false;
    transfer->detail[0] = '\0';
}

/* Taking less than was given ends the transfer with CURLE_WRITE_ERROR. */
static size_t take_body(char *data, size_t one, size_t size, void *context)
{
    struct sm__transfer *transfer = context;

    (void)one; /* is 1 */
    sm_buf_append(&transfer->body, data, size);
    transfer->too_large = transfer->too_large || sm_buf_failed(&transfer->body);
    return transfer->too_large ? 0 : size;
}

static size_t take_header(char *data, size_t one, size_t size, void *context)
{
    struct sm__transfer *transfer = context;

    (void)data;
    (void)one;
    transfer->header_size += size;
    transfer->too_large = transfer->too_large || transfer->header_size > HEADER_SIZE_MAX;
    return transfer->too_large ? 0 : size;
}

static bool set_request(CURL *easy, const char *method, const char *request)
{
    if (method != NULL && curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method) != CURLE_OK)
        return false;
    return request == NULL || curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request) == CURLE_OK;
}

bool sm__transfer_prepare(struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                          const char *path, const char *method, const char *request)
{
    CURL *easy = transfer->easy;

    sm__transfer_forget(transfer);
    curl_easy_reset(easy);
    return sm__endpoint_prepare(endpoint, easy, path) && set_request(easy, method, request) &&
           curl_easy_setopt(easy, CURLOPT_MAXFILESIZE, (long)SM_SCHEMA_SIZE_MAX) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->detail) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer) == CURLE_OK;
}

/* ---- what came of it ---- */

void sm__copy_printable(char *to, size_t size, struct sm_slice from)
{
    size_t length = 0;

    for (; length < from.size && length + 1 < size; length++)
        to[length] =
            (char)(from.data[length] < 0x20 || from.data[length] > 0x7e ? '?' : from.data[length]);
    to[length] = '\0';
}

static const char *hint_of(CURLcode code, const struct sm__endpoint *endpoint)
{
    static const struct {
        CURLcode code;
        const char *hint;
    } hints[] = {
        { CURLE_COULDNT_RESOLVE_HOST, "check the host's name in --registry" },
        { CURLE_COULDNT_CONNECT, "does it run, and at the address that --registry gives?" },
        { CURLE_PEER_FAILED_VERIFICATION,
          "--registry-ca names the authority that signed its certificate; --registry, its host" },
        { CURLE_SSL_CACERT_BADFILE, "the file of --registry-ca holds no certificate in PEM form" },
        { CURLE_SSL_CERTPROBLEM, "--registry-certificate and --registry-key name PEM files that "
                                 "belong together" },
        { CURLE_SSL_CONNECT_ERROR, "does it speak TLS at this address (https), or none (http)?" },
        { CURLE_OPERATION_TIMEDOUT, "--registry-timeout sets how long it may take" },
        { CURLE_UNSUPPORTED_PROTOCOL, "is it a schema registry that listens there?" },
        { CURLE_WEIRD_SERVER_REPLY, "is it a schema registry that listens there?" },
        { CURLE_OUT_OF_MEMORY, "this machine is short of memory" },
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(hints); i++) {
        if (hints[i].code == code)
            return hints[i].hint;
    }
    /* TLS 1.3 tells of a missing certificate after the handshake; what fails then is by chance. */
    if (endpoint->certificate_file == NULL && strncasecmp(endpoint->url, "https:", 6) == 0)
        return "if it wants a certificate of ours, --registry-certificate names one";
    return "it is asked again";
}

/* The header of an answer may tell already. */
static bool is_too_large(const struct sm__transfer *transfer, CURLcode code)
{
    return transfer->too_large || code == CURLE_FILESIZE_EXCEEDED;
}

static void judge_failure(const struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                          CURLcode code, struct sm_err *err)
{
    char detail[161];

    if (is_too_large(transfer, code)) {
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at " URL_SHOWN
                         " answers with more than %d bytes, which is not read",
                         endpoint->url, SM_SCHEMA_SIZE_MAX);
    } else {
        sm__copy_printable(
            detail, sizeof(detail),
            sm_slice_of(transfer->detail[0] != '\0' ? transfer->detail : curl_easy_strerror(code)));
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at " URL_SHOWN " gives no answer: %s; hint: %s",
                         endpoint->url, detail, hint_of(code, endpoint));
    }
    err->native = (int)code;
}

/* Statuses that say nothing about what was asked for. */
static bool is_refusal(long status, const struct sm__endpoint *endpoint, struct sm_err *err)
{
    if (status == 401 || status == 403)
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at " URL_SHOWN " does not let us in (HTTP status %ld)"
                         "; hint: check --registry-user and --registry-password, or "
                         "--registry-token",
                         endpoint->url, status);
    else if (status >= 300 && status < 400)
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at " URL_SHOWN " sends us elsewhere (HTTP status %ld)"
                         ", which is not followed; hint: give the final address as --registry",
                         endpoint->url, status);
    else if (status >= 500 || status < 200)
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at " URL_SHOWN " answers with HTTP status %ld; hint: "
                         "its own log tells why",
                         endpoint->url, status);
    else
        return false;
    err->native = (int)status;
    return true;
}

long sm__transfer_status(const struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                         CURLcode code, struct sm_err *err)
{
    long status = 0;

    (void)curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    /* What it refuses counts, however much it says about that. */
    if ((code == CURLE_OK || (is_too_large(transfer, code) && status >= 300)) &&
        is_refusal(status, endpoint, err))
        return 0;
    if (code == CURLE_OK)
        return status;
    judge_failure(transfer, endpoint, code, err);
    return 0;
}

const struct sm_json *sm__transfer_json(const struct sm__transfer *transfer,
                                        const struct sm__endpoint *endpoint, struct sm_arena *arena,
                                        struct sm_err *err)
{
    struct sm_json_fault fault = { 0, "it has too many values" };
    struct sm_json *json = NULL;

    if (sm_json_read(sm_buf_view(&transfer->body), arena, &json, &fault) == SM_OK)
        return json;
    (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                     "the schema registry at " URL_SHOWN " answers with something that is no JSON "
                     "(byte %zu: %s); hint: is it a schema registry that listens there?",
                     endpoint->url, fault.offset, fault.reason);
    return NULL;
}

int64_t sm__registry_code(const struct sm_json *json)
{
    const struct sm_json *code = json != NULL ? sm_json_member(json, "error_code") : NULL;
    int64_t number;

    return code != NULL && code->type == SM_JSON_NUMBER && sm_json_integer(code, &number) ? number
                                                                                          : 0;
}
