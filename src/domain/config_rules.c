/* Rules of feature configurations that came with feature_type.defined. */
#include "domain/domain_priv.h"

/* By enum sm_config_type. */
static const char *const type_words[] = { "count", "counts", "share", "flag", "word" };

static const char expected_rule[] =
    "an object with type (count, counts, share, flag or word) and required (true or false)";

static bool find_type(const struct sm_json *node, enum sm_config_type *out)
{
    for (unsigned i = 0; node != NULL && i < SM_ARRAY_COUNT(type_words); i++) {
        if (node->type == SM_JSON_STRING &&
            sm_slice_equal(node->text, sm_slice_of(type_words[i]))) {
            *out = (enum sm_config_type)i;
            return true;
        }
    }
    return false;
}

static bool read_rule(const struct sm_json *node, struct sm_config_rule *out)
{
    const struct sm_json *required = sm_json_member(node, "required");

    if (node->type != SM_JSON_OBJECT || !find_type(sm_json_member(node, "type"), &out->type) ||
        (required != NULL && required->type != SM_JSON_BOOL) ||
        node->count != (required == NULL ? 1u : 2u))
        return false;
    out->required = required != NULL && required->boolean;
    return true;
}

bool sm__config_rules_judge(const struct sm_json *rules, struct sm_rejection *out)
{
    for (const struct sm_json *node = rules->first; node != NULL; node = node->next) {
        struct sm_config_rule rule;
        struct sm__words path;

        if (node->name.size != 0 && node->name.size < SM_REJECTION_FIELD_SIZE &&
            sm__text_is_plain(node->name, false) && read_rule(node, &rule))
            continue;
        path.size = 0;
        sm__words_add(&path, "data.config_rules.");
        sm__words_add_slice(&path, node->name);
        sm__reject_node(out, SM_CODE_FIELD_TYPE, &path, node, expected_rule);
        return false;
    }
    return true;
}

static bool check(const struct sm_json *rules, const struct sm_json *config,
                  struct sm_rejection *out)
{
    for (const struct sm_json *node = rules->first; node != NULL; node = node->next) {
        char key[SM_REJECTION_FIELD_SIZE];
        struct sm_config_rule rule = { .key = key };

        /* What judge let pass can be read; what came otherwise into the table binds nobody. */
        if (node->name.size >= sizeof(key) || !read_rule(node, &rule))
            continue;
        memcpy(key, node->name.data, node->name.size);
        key[node->name.size] = '\0';
        if (!sm__config_rule_check(&rule, config, out))
            return false;
    }
    return true;
}

bool sm__config_rules_check(struct sm_slice rules, struct sm_slice config, struct sm_arena *arena,
                            struct sm_rejection *out)
{
    size_t mark = sm_arena_mark(arena);
    struct sm_json_fault fault;
    struct sm_json *rule_nodes, *config_nodes;
    enum sm_status status = sm_json_read(rules, arena, &rule_nodes, &fault);
    bool good = true;

    if (status == SM_OK)
        status = sm_json_read(config, arena, &config_nodes, &fault);
    if (status == SM_OK)
        good = check(rule_nodes, config_nodes, out);
    sm_arena_rewind(arena, mark);
    if (status != SM_LIMIT)
        return good;
    sm_reject(out, SM_CODE_VALUE_TOO_LARGE, "data.config", SM_SLICE_NONE,
              "data.config is too large to be checked by the rules of its feature type");
    return false;
}
