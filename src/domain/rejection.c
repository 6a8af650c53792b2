/* Rejections: stable codes, and sentences that are safe to print whatever was sent. */
#include "domain/rejection.h"

#include "domain/domain_priv.h"

static const struct {
    const char *name;
    const char *meaning;
} codes[SM_REJECTION_COUNT] = {
#define CODE_ROW(id, text, its_meaning) [id] = { .name = (text), .meaning = (its_meaning) },
    SM_REJECTION_LIST(CODE_ROW)
#undef CODE_ROW
};

const char *sm_rejection_code_name(enum sm_rejection_code code)
{
    SM_ASSERT((unsigned)code < SM_REJECTION_COUNT);
    return codes[code].name;
}

const char *sm_rejection_code_meaning(enum sm_rejection_code code)
{
    SM_ASSERT((unsigned)code < SM_REJECTION_COUNT);
    return codes[code].meaning;
}

void sm_reject(struct sm_rejection *out, enum sm_rejection_code code, const char *field,
               struct sm_slice value, const char *format, ...)
{
    char sentence[2 * SM_REJECTION_REASON_SIZE];
    va_list arguments;

    sentence[0] = '\0';
    va_start(arguments, format);
    vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);
    out->code = code;
    sm__text_show(sm_slice_of(field), out->field, sizeof(out->field));
    sm__text_show(value, out->value, sizeof(out->value));
    /* The sentence may have been cut inside a character, or quote bytes that are none. */
    sm__text_show(sm_slice_of(sentence), out->reason, sizeof(out->reason));
}

/* How much of a value is repeated in the sentence; `value` has more of it. */
#define SHOWN_SIZE 64

static struct sm_slice node_text(const struct sm_json *node)
{
    switch (node->type) {
    case SM_JSON_NULL:
        return SM_SLICE("null");
    case SM_JSON_BOOL:
        return node->boolean ? SM_SLICE("true") : SM_SLICE("false");
    case SM_JSON_NUMBER:
    case SM_JSON_STRING:
        return node->text;
    case SM_JSON_ARRAY:
        return node->count == 0 ? SM_SLICE("[]") : SM_SLICE("[...]");
    case SM_JSON_OBJECT:
        return node->count == 0 ? SM_SLICE("{}") : SM_SLICE("{...}");
    }
    return SM_SLICE_NONE;
}

void sm__reject_node(struct sm_rejection *out, enum sm_rejection_code code, struct sm__words *path,
                     const struct sm_json *node, const char *expected)
{
    char field[SM_REJECTION_FIELD_SIZE];
    char shown[SHOWN_SIZE];
    struct sm_slice value = node == NULL ? SM_SLICE_NONE : node_text(node);
    const char *quote = node != NULL && node->type == SM_JSON_STRING ? "\"" : "";

    sm__text_show((struct sm_slice){ (const uint8_t *)path->text, path->size }, field,
                  sizeof(field));
    sm__text_show(value, shown, sizeof(shown));
    if (node == NULL)
        sm_reject(out, code, field, value, "%s is not there; expected %s", field, expected);
    else
        sm_reject(out, code, field, value, "%s is %s%s%s; expected %s", field, quote, shown, quote,
                  expected);
}
