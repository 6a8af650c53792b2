/* Canonical texts as PostgreSQL prints jsonb: shorter names first, then by bytes. */
#include <stdio.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "sim/oracle_priv.h"

static int by_name(const void *a, const void *b)
{
    const struct oracle_member *x = a, *y = b;
    size_t x_size = strlen(x->name), y_size = strlen(y->name);

    return x_size != y_size ? (x_size < y_size ? -1 : 1) : strcmp(x->name, y->name);
}

void oracle_object_text(struct oracle_member *members, size_t count, char *out, size_t size)
{
    size_t used = 0;

    qsort(members, count, sizeof(*members), by_name);
    for (size_t i = 0; i < count; i++)
        used += (size_t)snprintf(out + used, size - used, "%s\"%s\": %s", i == 0 ? "{" : ", ",
                                 members[i].name, members[i].json);
    snprintf(out + used, size - used, "%s", count == 0 ? "{}" : "}");
}

void oracle_time_text(int64_t time_us, char *out, size_t size)
{
    char text[SM_TIMESTAMP_TEXT_SIZE + 1];

    if (time_us == ORACLE_NEVER) {
        snprintf(out, size, "null");
        return;
    }
    sm_timestamp_format(time_us, text);
    snprintf(out, size, "\"%s\"", text);
}

static void put(struct oracle_member *member, const char *name, const char *json)
{
    member->name = name;
    snprintf(member->json, sizeof(member->json), "%s", json);
}

void oracle_data_text(const struct sim_content *content, char *out, size_t size)
{
    struct oracle_member members[SIM_FIELD_COUNT];
    size_t count = 0;

    for (int field = 1; field < SIM_FIELD_COUNT; field++) {
        const struct sim_field_info *info = sim_field_info(field);
        int number = content->field[field];

        if (number != 0)
            put(&members[count++], info->name,
                number == SIM_NULL ? "null" : sim_pool_text(info->pool, number)->json);
    }
    oracle_object_text(members, count, out, size);
}

/* ---- what the changed columns of a client held before ---- */

struct object {
    struct oracle_member members[8];
    size_t count;
};

static void put_old(struct object *object, int field, int number)
{
    const struct sim_field_info *info = sim_field_info(field);

    put(&object->members[object->count++], info->name,
        number == 0 ? "null" : sim_pool_text(info->pool, number)->json);
}

static void put_confirmation(struct object *object, const struct oracle_client *before)
{
    struct oracle_member *member = &object->members[object->count];

    put(member, "config_confirmed", before->confirmed ? "true" : "false");
    member[1].name = "config_confirmed_at";
    oracle_time_text(before->confirmed_at, member[1].json, sizeof(member[1].json));
    put(&member[2], "config_confirmed_by",
        before->confirmed_by == 0 ? "null"
                                  : sim_pool_text(SIM_POOL_ACTOR, before->confirmed_by)->json);
    object->count += 3;
}

/* The mark, and not what it stands for. */
static void put_erased(struct object *object, const struct oracle_client *before,
                       const struct sim_content *content)
{
    char mark[64], quoted[80];

    oracle_mark_text(content->id, mark, sizeof(mark));
    snprintf(quoted, sizeof(quoted), "\"%s\"", mark);
    put(&object->members[0], "contact_email", before->email == 0 ? "null" : quoted);
    put(&object->members[1], "contact_phone", before->phone == 0 ? "null" : quoted);
    object->count = 2;
}

static void put_updated(struct object *object, const struct oracle_client *before,
                        const struct sim_content *content)
{
    const int fields[] = {SIM_F_NAME, SIM_F_EMAIL, SIM_F_PHONE, SIM_F_FEATURES};
    const int values[] = {before->name, before->email, before->phone, before->features};

    for (size_t i = 0; i < SM_ARRAY_COUNT(fields); i++) {
        if (content->field[fields[i]] != 0)
            put_old(object, fields[i], values[i]);
    }
}

void oracle_previous_text(const struct oracle_client *before, const struct sim_content *content,
                          char *out, size_t size)
{
    struct object object = {.count = 0};

    out[0] = '\0';
    switch (content->type) {
    case SIM_UPDATED:
        put_updated(&object, before, content);
        break;
    case SIM_STATUS_CHANGED:
        put_old(&object, SIM_F_STATUS, before->status);
        break;
    case SIM_TENANT_MODE_CHANGED:
        put_old(&object, SIM_F_TENANT_MODE, before->tenant_mode);
        if (before->confirmed && content->field[SIM_F_TENANT_MODE] != before->tenant_mode)
            put_confirmation(&object, before);
        break;
    case SIM_CONFIRMED:
    case SIM_REVOKED:
        put_confirmation(&object, before);
        break;
    case SIM_ERASED:
        put_erased(&object, before, content);
        break;
    default:
        return; /* none: there was nothing before */
    }
    oracle_object_text(object.members, object.count, out, size);
}
