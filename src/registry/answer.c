#include "registry/answer.h"

#define SCHEMA_NOT_FOUND 40403

static enum sm_schemas_outcome judge_missing(const struct sm_json *json,
                                             const struct sm__endpoint *endpoint, uint32_t id,
                                             struct sm_err *err)
{
    if (sm__registry_code(json) == SCHEMA_NOT_FOUND) {
        (void)sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY,
                         "the schema registry at %.300s has no schema with id %u", endpoint->url,
                         id);
        return SM_SCHEMAS_UNKNOWN;
    }
    (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                     "the schema registry at %.300s answers with HTTP status 404 as if there were "
                     "no such page; hint: is the path in --registry right? Apicurio's is "
                     "/apis/ccompat/v7",
                     endpoint->url);
    err->native = 404;
    return SM_SCHEMAS_AWAY;
}

/* A sentence's part that says why we shall never read it; NULL: we may. */
static const char *unreadable(const struct sm_json *json)
{
    const struct sm_json *type = sm_json_member(json, "schemaType");
    const struct sm_json *references = sm_json_member(json, "references");

    if (type != NULL && type->type == SM_JSON_STRING &&
        !sm_slice_equal(type->text, SM_SLICE("AVRO")))
        return "is no Avro schema";
    if (references != NULL && references->type == SM_JSON_ARRAY && references->count > 0)
        return "refers to other schemas, which we do not put together";
    return NULL;
}

static enum sm_schemas_outcome judge_schema(const struct sm_json *json,
                                            const struct sm__endpoint *endpoint,
                                            struct sm_schemas_answer *out, struct sm_err *err)
{
    const struct sm_json *schema = sm_json_member(json, "schema");
    const char *why = unreadable(json);

    if (schema == NULL || schema->type != SM_JSON_STRING) {
        (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                         "the schema registry at %.300s answers without a schema; hint: is it a "
                         "schema registry that listens there?",
                         endpoint->url);
        return SM_SCHEMAS_AWAY;
    }
    if (why != NULL) {
        (void)sm_err_set(err, SM_REJECT, SM_FROM_REGISTRY,
                         "schema %u of the schema registry at %.300s %s; hint: register it as one "
                         "Avro schema",
                         out->id, endpoint->url, why);
        return SM_SCHEMAS_UNKNOWN;
    }
    out->text = schema->text;
    return SM_SCHEMAS_FOUND;
}

static enum sm_schemas_outcome judge(const struct sm__transfer *transfer,
                                     const struct sm__endpoint *endpoint, CURLcode code,
                                     struct sm_arena *arena, struct sm_schemas_answer *out,
                                     struct sm_err *err)
{
    long status = sm__transfer_status(transfer, endpoint, code, err);
    const struct sm_json *json;

    if (status == 0)
        return SM_SCHEMAS_AWAY;
    json = sm__transfer_json(transfer, endpoint, arena, err);
    if (status == 404)
        return judge_missing(json, endpoint, out->id, err);
    if (status == 200)
        return json != NULL ? judge_schema(json, endpoint, out, err) : SM_SCHEMAS_AWAY;
    (void)sm_err_set(err, SM_RETRY, SM_FROM_REGISTRY,
                     "the schema registry at %.300s answers with HTTP status %ld, which we do not "
                     "understand",
                     endpoint->url, status);
    err->native = (int)status;
    return SM_SCHEMAS_AWAY;
}

void sm__answer_judge(const struct sm__transfer *transfer, const struct sm__endpoint *endpoint,
                      CURLcode code, struct sm_arena *arena, struct sm_schemas_answer *out,
                      struct sm_err *err)
{
    out->text = SM_SLICE_NONE;
    out->outcome = judge(transfer, endpoint, code, arena, out, err);
    out->err = out->outcome == SM_SCHEMAS_FOUND ? NULL : err;
    if (out->outcome == SM_SCHEMAS_AWAY)
        sm_err_prefix(err, "schema %u", out->id);
}
