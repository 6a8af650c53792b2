#include "registry/endpoint.h"

#include <errno.h>
#include <strings.h>
#include <unistd.h>

#include "base/slice.h"

#define CONNECT_TIMEOUT_MS 3000
#define TIMEOUT_MS         10000
#define URL_SIZE_MAX       2048

static bool is_given(const char *text)
{
    return text != NULL && *text != '\0';
}

/* ---- what can never work ---- */

static bool has_part(CURLU *parsed, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(parsed, part, &text, 0) == CURLUE_OK;

    curl_free(text);
    return has;
}

/* What is wrong with an address, or NULL. The address itself is not told: it may hold a password,
 * and where that ends is not to be known of one that cannot be read. */
static const char *fault_of_parsed(CURLU *parsed, const char *url)
{
    CURLUcode code;

    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0)
        return "it begins with neither http:// nor https://";
    code = curl_url_set(parsed, CURLUPART_URL, url, 0);
    if (code != CURLUE_OK)
        return curl_url_strerror(code);
    if (has_part(parsed, CURLUPART_USER) || has_part(parsed, CURLUPART_PASSWORD))
        return "it has a user or password in it, for which there are options of their own";
    if (has_part(parsed, CURLUPART_QUERY) || has_part(parsed, CURLUPART_FRAGMENT))
        return "it has a '?' or '#' in it, and paths are added to its end";
    return NULL;
}

static enum sm_status check_url(const char *url, struct sm_err *err)
{
    CURLU *parsed = curl_url();
    const char *fault;

    if (parsed == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
    if (!is_given(url))
        fault = "it is empty";
    else if (strlen(url) > URL_SIZE_MAX)
        fault = "it is longer than 2048 bytes";
    else
        fault = fault_of_parsed(parsed, url);
    curl_url_cleanup(parsed);
    if (fault == NULL)
        return SM_OK;
    return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY,
                      "the schema registry's address cannot be used: %s; hint: give it like "
                      "https://registry.example.com:8081/path",
                      fault);
}

/* A line break in a header would begin another header. */
static bool is_printable(const char *text)
{
    for (; is_given(text); text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    }
    return true;
}

static enum sm_status check_credentials(const struct sm_registry_client *client, struct sm_err *err)
{
    const char *fault = NULL;

    if (is_given(client->token) && (is_given(client->user) || is_given(client->password)))
        fault = "both a token and a user or password are given; one of them is enough";
    else if (is_given(client->password) && !is_given(client->user))
        fault = "a password is given, but no user";
    else if (is_given(client->user) && strchr(client->user, ':') != NULL)
        fault = "the user has a colon in it, which would end the name";
    else if (!is_printable(client->user) || !is_printable(client->password) ||
             !is_printable(client->token))
        fault = "a control character is in the user, password or token";
    if (fault == NULL)
        return SM_OK;
    return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY,
                      "the schema registry's credentials cannot be used: %s", fault);
}

static enum sm_status check_files(const struct sm_registry_client *client, struct sm_err *err)
{
    const struct {
        const char *what, *path;
    } files[] = {
        { "the schema registry's CA file", client->ca_file },
        { "the certificate for the schema registry,", client->certificate_file },
        { "the key for the schema registry,", client->key_file },
    };

    if (is_given(client->key_file) && !is_given(client->certificate_file))
        return sm_err_set(
            err, SM_FATAL, SM_FROM_REGISTRY,
            "a key for the schema registry is given, but no certificate; hint: both may be "
            "in one file, which is the certificate's then");
    for (size_t i = 0; i < SM_ARRAY_COUNT(files); i++) {
        if (is_given(files[i].path) && access(files[i].path, R_OK) != 0)
            return sm_err_set(err, SM_FATAL, SM_FROM_OS,
                              "%s %s cannot be read: %s; hint: it is a PEM file", files[i].what,
                              files[i].path, strerror(errno));
    }
    return SM_OK;
}

enum sm_status sm_registry_client_check(const struct sm_registry_client *client, struct sm_err *err)
{
    enum sm_status status = check_url(client->url, err);

    if (status == SM_OK)
        status = check_credentials(client, err);
    return status == SM_OK ? check_files(client, err) : status;
}

const char *sm_curl_library_version(void)
{
    return curl_version_info(CURLVERSION_NOW)->version;
}

/* ---- life cycle ---- */

/* Copies a text that is given. False when memory cannot be had. */
static bool own(char **copy, const char *text)
{
    *copy = is_given(text) ? strdup(text) : NULL;
    return *copy != NULL || !is_given(text);
}

static bool own_all(struct sm__endpoint *endpoint, const struct sm_registry_client *client)
{
    size_t size;

    if (!own(&endpoint->url, client->url) || !own(&endpoint->user, client->user) ||
        !own(&endpoint->password, client->password) || !own(&endpoint->token, client->token) ||
        !own(&endpoint->ca_file, client->ca_file) ||
        !own(&endpoint->certificate_file, client->certificate_file) ||
        !own(&endpoint->key_file, client->key_file))
        return false;
    size = strlen(endpoint->url);
    while (size > 0 && endpoint->url[size - 1] == '/')
        endpoint->url[--size] = '\0';
    return true;
}

static bool add_header(struct sm__endpoint *endpoint, const char *line)
{
    struct curl_slist *longer = curl_slist_append(endpoint->headers, line);

    if (longer != NULL)
        endpoint->headers = longer;
    return longer != NULL;
}

enum sm_status sm__endpoint_open(struct sm__endpoint *endpoint,
                                 const struct sm_registry_client *client, struct sm_err *err)
{
    enum sm_status status = sm_registry_client_check(client, err);

    *endpoint = (struct sm__endpoint){ .timeout_ms = client->timeout_ms > 0 ? client->timeout_ms
                                                                            : TIMEOUT_MS };
    if (status != SM_OK)
        return status;
    endpoint->connect_timeout_ms =
        client->connect_timeout_ms > 0 ? client->connect_timeout_ms : CONNECT_TIMEOUT_MS;
    if (endpoint->connect_timeout_ms > endpoint->timeout_ms)
        endpoint->connect_timeout_ms = endpoint->timeout_ms;
    if (own_all(endpoint, client) &&
        add_header(endpoint, "Accept: application/vnd.schemaregistry.v1+json, application/json") &&
        add_header(endpoint, "Content-Type: application/vnd.schemaregistry.v1+json") &&
        add_header(endpoint, "Expect:")) /* no waiting for leave to send a schema */
        return SM_OK;
    sm__endpoint_close(endpoint);
    return sm_err_set(err, SM_FATAL, SM_FROM_REGISTRY, "out of memory");
}

void sm__endpoint_close(struct sm__endpoint *endpoint)
{
    curl_slist_free_all(endpoint->headers);
    free(endpoint->url);
    free(endpoint->user);
    free(endpoint->password);
    free(endpoint->token);
    free(endpoint->ca_file);
    free(endpoint->certificate_file);
    free(endpoint->key_file);
    *endpoint = (struct sm__endpoint){ .url = NULL };
}

/* ---- requests ---- */

static bool set_text(CURL *easy, CURLoption option, const char *text)
{
    return text == NULL || curl_easy_setopt(easy, option, text) == CURLE_OK;
}

static bool set_number(CURL *easy, CURLoption option, long number)
{
    return curl_easy_setopt(easy, option, number) == CURLE_OK;
}

static bool set_credentials(const struct sm__endpoint *endpoint, CURL *easy)
{
    if (endpoint->token != NULL)
        return set_number(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) &&
               set_text(easy, CURLOPT_XOAUTH2_BEARER, endpoint->token);
    return endpoint->user == NULL ||
           (set_number(easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) &&
            set_text(easy, CURLOPT_USERNAME, endpoint->user) &&
            set_text(easy, CURLOPT_PASSWORD, endpoint->password != NULL ? endpoint->password : ""));
}

/* With an own file the system's folder of authorities must not count as well. */
static bool set_authorities(const struct sm__endpoint *endpoint, CURL *easy)
{
    return endpoint->ca_file == NULL ||
           (set_text(easy, CURLOPT_CAINFO, endpoint->ca_file) &&
            curl_easy_setopt(easy, CURLOPT_CAPATH, (char *)NULL) == CURLE_OK);
}

/* libcurl looks for the key in the certificate's file where none is named. */
static bool set_certificate(const struct sm__endpoint *endpoint, CURL *easy)
{
    return set_text(easy, CURLOPT_SSLCERT, endpoint->certificate_file) &&
           set_text(easy, CURLOPT_SSLKEY, endpoint->key_file);
}

bool sm__endpoint_prepare(const struct sm__endpoint *endpoint, CURL *easy, const char *path)
{
    char url[URL_SIZE_MAX + 1024];
    int size = snprintf(url, sizeof(url), "%s%s", endpoint->url, path);

    return size > 0 && (size_t)size < sizeof(url) && set_text(easy, CURLOPT_URL, url) &&
           set_credentials(endpoint, easy) && set_authorities(endpoint, easy) &&
           set_certificate(endpoint, easy) &&
           curl_easy_setopt(easy, CURLOPT_HTTPHEADER, endpoint->headers) == CURLE_OK &&
           set_text(easy, CURLOPT_USERAGENT, "secretmagic") &&
           set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https") &&
           set_text(easy, CURLOPT_PROXY, "") &&
           set_number(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
           set_number(easy, CURLOPT_FOLLOWLOCATION, 0) &&
           set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, endpoint->connect_timeout_ms) &&
           set_number(easy, CURLOPT_TIMEOUT_MS, endpoint->timeout_ms) &&
           set_number(easy, CURLOPT_NOSIGNAL, 1) &&
           /* Else giving up while a name is being looked up would wait for that thread. */
           set_number(easy, CURLOPT_QUICK_EXIT, 1);
}
