/* Placeholders, and what stands in their place. */
#include <inttypes.h>
#include <stdio.h>

#include "codec/template_priv.h"

#define NUMBER_SIZE 24

#define NAME_ROW(id, text, words) text,
static const char *const names[SM__PLACEHOLDER_COUNT] = { SM__PLACEHOLDER_LIST(NAME_ROW) };
#undef NAME_ROW

bool sm__placeholder_find(struct sm_slice name, enum sm__placeholder *out)
{
    for (unsigned i = 0; i < SM__PLACEHOLDER_COUNT; i++) {
        *out = (enum sm__placeholder)i;
        if (sm_slice_equal(sm_slice_of(names[i]), name))
            return true;
    }
    return false;
}

bool sm__placeholder_next(struct sm_slice text, size_t *at, struct sm_slice *before,
                          struct sm_slice *name)
{
    const uint8_t *from = text.data + *at;
    const uint8_t *open = memchr(from, '{', text.size - *at);
    const uint8_t *close =
        open == NULL ? NULL : memchr(open, '}', (size_t)(text.data + text.size - open));

    *before = (struct sm_slice){ from, open == NULL ? text.size - *at : (size_t)(open - from) };
    if (open == NULL) {
        *at = text.size;
        return false;
    }
    *name = SM_SLICE("");
    *at = text.size;
    if (close != NULL) {
        *name = (struct sm_slice){ open + 1, (size_t)(close - open) - 1 };
        *at = (size_t)(close - text.data) + 1;
    }
    return true;
}

void sm_template_id(const struct sm_uuid *id, char out[SM_TEMPLATE_ID_SIZE + 1])
{
    for (size_t i = 0; i < sizeof(id->bytes); i++)
        (void)snprintf(out + 2 * i, 3, "%02x", id->bytes[i]);
}

/* ---- values ---- */

static void put_table(const struct sm__template_context *context, enum sm_tenant_mode mode,
                      bool view, struct sm_buf *out)
{
    struct sm_slice organization = context->command->organization_id;
    bool shared = mode == SM_TENANT_SHARED;

    if (mode == SM_TENANT_DEDICATED_DB) {
        sm_buf_append_text(out, "`client_");
        sm_buf_append_slice(out, organization);
        sm_buf_append_text(out, "`.`features`");
        return;
    }
    sm_buf_append_text(out, "`");
    sm_buf_append_slice(out, context->values->texts[shared ? SM__OF_SHARED_DATABASE
                                                           : SM__OF_TABLES_DATABASE]);
    sm_buf_append_text(out, "`.`");
    if (!shared || view) {
        sm_buf_append_text(out, "c");
        sm_buf_append_slice(out, organization);
        sm_buf_append_text(out, "_");
    }
    sm_buf_append_text(out, "features`");
}

static void put_id(const struct sm_uuid *id, struct sm_buf *out)
{
    char text[SM_TEMPLATE_ID_SIZE + 1];

    sm_template_id(id, text);
    sm_buf_append_text(out, text);
}

static void put_value(const struct sm__template_context *context, enum sm__placeholder what,
                      struct sm_buf *out)
{
    const struct sm_tenant_command *command = context->command;

    switch ((int)what) { /* all others are the same in all commands */
    case SM__OF_ORGANIZATION:
        sm_buf_append_slice(out, command->organization_id);
        break;
    case SM__OF_SOURCE:
        put_table(context, command->from_mode, false, out);
        break;
    case SM__OF_TARGET:
        put_table(context, command->mode, false, out);
        break;
    case SM__OF_TARGET_VIEW:
        put_table(context, command->mode, true, out);
        break;
    case SM__OF_CHUNK:
        sm_buf_printf(out, "%" PRId64, context->chunk);
        break;
    case SM__OF_COMMAND:
        put_id(&command->id, out);
        break;
    case SM__OF_SAGA:
        put_id(&command->saga_id, out);
        break;
    default:
        sm_buf_append_slice(out, context->values->texts[what]);
        break;
    }
}

bool sm__template_fill(const struct sm__template_context *context, struct sm_slice text,
                       struct sm_slice *out)
{
    struct sm_slice before, name = SM_SLICE_NONE;
    enum sm__placeholder what;
    struct sm_buf filled;
    size_t at = 0;
    bool done;

    *out = SM_SLICE_NONE;
    if (text.data == NULL)
        return true;
    sm_buf_init(&filled, SM_TEMPLATES_ARENA_SIZE);
    while (sm__placeholder_next(text, &at, &before, &name)) {
        sm_buf_append_slice(&filled, before);
        SM_ASSERT(sm__placeholder_find(name, &what));
        put_value(context, what, &filled);
    }
    sm_buf_append_slice(&filled, before);
    sm_buf_append_text(&filled, "");
    done = !sm_buf_failed(&filled) && sm_arena_copy(context->arena, sm_buf_view(&filled), out);
    sm_buf_deinit(&filled);
    return done;
}
