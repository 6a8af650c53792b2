/* The catalogue's names. */
#include "domain/event.h"

#include "base/err.h"

static const struct {
    const char *name;
    size_t size;
    enum sm_kind kind;
    enum sm_topic topic;
    unsigned flags;
} types[SM_EVENT_TYPE_COUNT] = {
#define TYPE_ROW(id, text, its_kind, its_topic, its_flags) \
    [id] = { (text), sizeof(text) - 1, SM_KIND_##its_kind, SM_TOPIC_##its_topic, (its_flags) },
    SM_EVENT_LIST(TYPE_ROW)
#undef TYPE_ROW
};

static const char *const kinds[SM_KIND_COUNT] = {
#define KIND_ROW(id, text) [id] = (text),
    SM_KIND_LIST(KIND_ROW)
#undef KIND_ROW
};

const char *sm_event_type_name(enum sm_event_type type)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    return types[type].name;
}

/* Runs for every event: the size differs for most names, so few are compared byte by byte. */
bool sm_event_type_find(struct sm_slice name, enum sm_event_type *out)
{
    for (unsigned i = 0; i < SM_EVENT_TYPE_COUNT; i++) {
        if (types[i].size == name.size && memcmp(types[i].name, name.data, name.size) == 0) {
            *out = (enum sm_event_type)i;
            return true;
        }
    }
    return false;
}

enum sm_kind sm_event_type_kind(enum sm_event_type type)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    return types[type].kind;
}

enum sm_topic sm_event_type_topic(enum sm_event_type type)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    return types[type].topic;
}

bool sm_event_type_is_gated(enum sm_event_type type)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    return (types[type].flags & SM_TYPE_GATED) != 0;
}

bool sm_event_type_is_global(enum sm_event_type type)
{
    SM_ASSERT((unsigned)type < SM_EVENT_TYPE_COUNT);
    return (types[type].flags & SM_TYPE_GLOBAL) != 0;
}

bool sm_event_type_is_of_tenant(enum sm_event_type type)
{
    return sm_event_type_is_acknowledgement(type) || (type >= SM_EVENT_TENANT_APPROVED &&
                                                      type <= SM_EVENT_TENANT_DROP_REQUESTED);
}

bool sm_event_type_is_acknowledgement(enum sm_event_type type)
{
    return type == SM_EVENT_TENANT_COMMAND_APPLIED || type == SM_EVENT_TENANT_COMMAND_FAILED;
}

const char *sm_kind_name(enum sm_kind kind)
{
    SM_ASSERT((unsigned)kind < SM_KIND_COUNT);
    return kinds[kind];
}

bool sm_kind_find(struct sm_slice name, enum sm_kind *out)
{
    for (unsigned i = 0; i < SM_KIND_COUNT; i++) {
        if (sm_slice_equal(name, sm_slice_of(kinds[i]))) {
            *out = (enum sm_kind)i;
            return true;
        }
    }
    return false;
}
