/* Names of Avro's records, enums and fixed: simple, or with a namespace before the last dot. */
#include "codec/avro_schema_priv.h"

bool sm__avro_name_is_simple(struct sm_slice name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t letter = name.data[i] | 0x20;
        bool is_digit = name.data[i] >= '0' && name.data[i] <= '9';

        if ((letter < 'a' || letter > 'z') && name.data[i] != '_' && !(is_digit && i > 0))
            return false;
    }
    return name.size != 0;
}

/* Bytes before the last dot; name.size if there is none. */
static size_t find_dot(struct sm_slice name)
{
    for (size_t at = name.size; at > 0; at--)
        if (name.data[at - 1] == '.')
            return at - 1;
    return name.size;
}

struct sm_slice sm_avro_name_base(struct sm_slice name)
{
    size_t dot = find_dot(name);

    return dot == name.size ? name : (struct sm_slice){ name.data + dot + 1, name.size - dot - 1 };
}

struct sm_slice sm__avro_name_space(struct sm_slice name)
{
    size_t dot = find_dot(name);

    return dot == name.size ? SM_SLICE("") : (struct sm_slice){ name.data, dot };
}

/* Simple names with dots between them; none at all is the empty namespace. */
static bool is_dotted(struct sm_slice name)
{
    struct sm_slice rest = name;

    while (rest.size != 0) {
        struct sm_slice base = sm_avro_name_base(rest);

        if (!sm__avro_name_is_simple(base))
            return false;
        if (base.size == rest.size)
            return true;
        rest.size -= base.size + 1;
    }
    return name.size == 0;
}

static bool is_primitive(struct sm_slice name)
{
    for (unsigned type = SM_AVRO_NULL; type <= SM_AVRO_STRING; type++)
        if (sm_slice_equal(name, sm_slice_of(sm_avro_type_name((enum sm_avro_type)type))))
            return true;
    return false;
}

/* A name as written, with the namespace it lies in. */
static bool join(struct sm__avro_reader *reader, struct sm_slice name, struct sm_slice space,
                 struct sm_slice *out)
{
    uint8_t *text;

    *out = name;
    if (name.size + space.size >= SM_AVRO_NAME_SIZE_MAX)
        return false;
    if (find_dot(name) != name.size || space.size == 0)
        return is_dotted(name) && name.size != 0;
    text = sm__avro_alloc(reader, space.size + 1 + name.size, 1);
    if (text == NULL)
        return false;
    memcpy(text, space.data, space.size);
    text[space.size] = '.';
    if (name.size != 0)
        memcpy(text + space.size + 1, name.data, name.size);
    *out = (struct sm_slice){ text, space.size + 1 + name.size };
    return is_dotted(*out);
}

static const struct sm_avro_schema *find(const struct sm__avro_reader *reader, struct sm_slice name)
{
    for (uint32_t i = 0; i < reader->name_count; i++)
        if (sm_slice_equal(reader->names[i]->name, name))
            return reader->names[i];
    return NULL;
}

const struct sm_avro_schema *sm__avro_name_find(struct sm__avro_reader *reader,
                                                struct sm_slice name, struct sm_slice space)
{
    const struct sm_avro_schema *schema = NULL;
    size_t mark = sm_arena_mark(reader->arena);
    struct sm_slice full;

    if (join(reader, name, space, &full))
        schema = find(reader, full);
    sm_arena_rewind(reader->arena, mark);
    if (schema == NULL && reader->status == SM_OK)
        (void)sm__avro_refuse(reader, "no type is defined before this by the name", name);
    return schema;
}

bool sm__avro_aliases_read(struct sm__avro_reader *reader, const struct sm_json *json,
                           const struct sm_slice *space, const struct sm_slice **out,
                           uint32_t *count_out)
{
    const struct sm_json *member = sm_json_member(json, "aliases");
    struct sm_slice *aliases;
    uint32_t count = 0;

    if (member == NULL)
        return true;
    if (member->type != SM_JSON_ARRAY || member->count > SM_AVRO_MEMBERS_MAX)
        return sm__avro_refuse(reader, "aliases are no array, or too many", SM_SLICE_NONE);
    aliases = sm__avro_alloc(reader, member->count, sizeof(*aliases));
    if (aliases == NULL)
        return false;
    for (const struct sm_json *item = member->first; item != NULL; item = item->next) {
        bool good = item->type == SM_JSON_STRING;

        if (good && space != NULL)
            good = join(reader, item->text, *space, &aliases[count]);
        else if (good)
            aliases[count] = item->text;
        if (!good)
            return reader->status == SM_OK && sm__avro_refuse(reader, "not an alias:", item->text);
        count++;
    }
    *out = aliases;
    *count_out = count;
    return true;
}

bool sm__avro_name_define(struct sm__avro_reader *reader, const struct sm_json *json,
                          struct sm_slice space, struct sm_avro_schema *schema)
{
    const struct sm_json *name = sm_json_member(json, "name");
    const struct sm_json *own = sm_json_member(json, "namespace");
    struct sm_slice own_space;

    if (name == NULL || name->type != SM_JSON_STRING)
        return sm__avro_refuse(reader, "a record, enum or fixed has no name", SM_SLICE_NONE);
    if (own != NULL && own->type == SM_JSON_STRING)
        space = own->text;
    if (!join(reader, name->text, space, &schema->name) || is_primitive(schema->name))
        return reader->status == SM_OK &&
               sm__avro_refuse(reader, "a type cannot have the name", name->text);
    if (find(reader, schema->name) != NULL)
        return sm__avro_refuse(reader, "two types have the name", schema->name);
    if (reader->name_count == SM_AVRO_NAMES_MAX)
        return sm__avro_refuse(reader, "more than 1024 named types, at", schema->name);
    reader->names[reader->name_count++] = schema;
    own_space = sm__avro_name_space(schema->name);
    return sm__avro_aliases_read(reader, json, &own_space, &schema->aliases, &schema->alias_count);
}
