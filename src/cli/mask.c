/* Connection strings as they may be logged. libpq's own parser would do, but its passwords come
 * back from everywhere (service files, environment), and what is to be shown is what the operator
 * wrote. */
#include <ctype.h>
#include <strings.h>

#include "cli/mask.h"

/* password, sslpassword, scram_client_key, scram_server_key, oauth_client_secret. */
static bool is_secret(const char *name, size_t size)
{
    static const char *const parts[] = {"password", "secret", "_key"};

    for (size_t i = 0; i < SM_ARRAY_COUNT(parts); i++) {
        size_t part = strlen(parts[i]);

        for (size_t at = 0; at + part <= size; at++) {
            if (strncasecmp(name + at, parts[i], part) == 0)
                return true;
        }
    }
    return false;
}

/* scheme://user:password@host/db?name=value&… */
static void mask_uri(struct sm_buf *out, const char *uri)
{
    const char *authority = strstr(uri, "://") + 3;
    size_t size = strcspn(authority, "/?");
    const char *at = memrchr(authority, '@', size);
    const char *colon = at != NULL ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
    const char *rest = uri;

    if (colon != NULL) {
        sm_buf_append(out, uri, (size_t)(colon + 1 - uri));
        sm_buf_append_text(out, "***");
        rest = at;
    }
    while (*rest != '\0') {
        size_t name = strcspn(rest, "=?&");

        sm_buf_append(out, rest, name);
        if (rest[name] == '=' && is_secret(rest, name)) {
            sm_buf_append_text(out, "=***");
            name += strcspn(rest + name, "&");
        } else if (rest[name] != '\0') {
            sm_buf_append_byte(out, (uint8_t)rest[name++]);
        }
        rest += name;
    }
}

/* The size of a value: 'quoted with \' and spaces' or up to a space. */
static size_t value_size(const char *text)
{
    bool quoted = *text == '\'';
    size_t size = quoted;

    while (text[size] != '\0' &&
           (quoted ? text[size] != '\'' : !isspace((unsigned char)text[size])))
        size += text[size] == '\\' && text[size + 1] != '\0' ? 2 : 1;
    return size + (quoted && text[size] == '\'');
}

static size_t spaces(const char *text)
{
    return strspn(text, " \t\r\n\f\v");
}

/* name = value name = 'value' … */
static void mask_pairs(struct sm_buf *out, const char *text)
{
    while (*text != '\0') {
        size_t before = spaces(text);
        size_t name = strcspn(text + before, "= \t\r\n\f\v");
        const char *equals = text + before + name;
        size_t value;

        equals += spaces(equals);
        if (*equals != '=') { /* not a pair: libpq will refuse it; it may be anything */
            sm_buf_append_text(out, "***");
            return;
        }
        equals++;
        equals += spaces(equals);
        value = value_size(equals);
        sm_buf_append(out, text, (size_t)(equals - text));
        if (is_secret(text + before, name))
            sm_buf_append_text(out, "***");
        else
            sm_buf_append(out, equals, value);
        text = equals + value;
        if (text[spaces(text)] == '\0')
            return;
    }
}

void sm__mask_append(struct sm_buf *out, const char *conninfo)
{
    /* The two schemes by which libpq tells a URI. */
    if (strncmp(conninfo, "postgres://", 11) == 0 || strncmp(conninfo, "postgresql://", 13) == 0)
        mask_uri(out, conninfo);
    else
        mask_pairs(out, conninfo);
}
