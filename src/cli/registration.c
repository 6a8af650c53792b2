/* Our schemas in a registry. */
#include "cli/registration.h"

void sm__registration_subject(const struct sm__wire *wire, enum sm_topic topic,
                              char out[SM__SUBJECT_SIZE])
{
    (void)snprintf(out, SM__SUBJECT_SIZE, "%s-value", sm__wire_topic(wire, topic));
}

/* Of one topic, the oldest first. */
struct versions {
    const struct sm_schema_text *texts;
    size_t count;
};

static struct versions versions_of(enum sm_topic topic)
{
    const char *name = sm_schema_latest(topic)->name;
    size_t all, first = 0, count = 0;
    const struct sm_schema_text *texts = sm_schema_texts(&all);

    while (strcmp(texts[first].name, name) != 0)
        first++;
    while (first + count < all && strcmp(texts[first + count].name, name) == 0)
        count++;
    return (struct versions){&texts[first], count};
}

static enum sm_status add(struct sm_registry_subjects *registry, const char *subject,
                          struct sm__registered *one, struct sm_err *err)
{
    enum sm_status status = sm_registry_register(registry, subject, one->schema->text,
                                                 &one->version.id, err);

    if (status == SM_OK)
        status = sm_registry_find(registry, subject, one->schema->text, &one->version, err);
    one->added = true;
    return status;
}

/* An older version is no matter once a newer one is there: rules could even refuse it. */
static enum sm_status put_versions(struct sm_registry_subjects *registry, const char *subject,
                                   const struct versions *versions,
                                   const struct sm__registration_sink *sink, struct sm_err *err)
{
    const struct sm_schema_text *texts = versions->texts;
    size_t count = versions->count, next;
    struct sm__registered one = {.added = false};
    enum sm_status status = SM_OK;

    for (next = count; next > 0 && one.version.version == 0 && status == SM_OK; next--) {
        one.schema = &texts[next - 1];
        status = sm_registry_find(registry, subject, one.schema->text, &one.version, err);
    }
    if (status == SM_OK && one.version.version != 0) {
        sink->registered(sink->context, &one);
        next++;
    }
    for (; status == SM_OK && next < count; next++) {
        one.schema = &texts[next];
        status = add(registry, subject, &one, err);
        if (status == SM_OK)
            sink->registered(sink->context, &one);
    }
    return status;
}

/* After the versions, since Apicurio has no rule for what is not there. */
static enum sm_status put_rule(struct sm_registry_subjects *registry, const char *subject,
                               const struct sm__registration_sink *sink, struct sm_err *err)
{
    char rule[SM_REGISTRY_RULE_SIZE];
    enum sm_status status = sm_registry_compatibility(registry, subject, rule, err);
    bool set = status == SM_OK && rule[0] == '\0';

    if (set)
        status = sm_registry_set_compatibility(registry, subject, SM__REGISTRATION_RULE, err);
    if (status == SM_OK)
        sink->ruled(sink->context, set ? SM__REGISTRATION_RULE : rule, set);
    return status;
}

static enum sm_status put(struct sm_registry_subjects *registry, const char *subject,
                          const struct versions *versions,
                          const struct sm__registration_sink *sink, struct sm_err *err)
{
    enum sm_status status = put_versions(registry, subject, versions, sink, err);

    return status == SM_OK ? put_rule(registry, subject, sink, err) : status;
}

enum sm_status sm__registration_put(struct sm_registry_subjects *registry, const char *subject,
                                    enum sm_topic topic, const struct sm__registration_sink *sink,
                                    struct sm_err *err)
{
    const struct versions versions = versions_of(topic);

    return put(registry, subject, &versions, sink, err);
}

static void take_id(void *context, const struct sm__registered *registered)
{
    uint32_t *id = context;

    *id = registered->version.id; /* the last one is the latest */
}

static void take_rule(void *context, const char *rule, bool set)
{
    (void)context;
    (void)rule;
    (void)set;
}

static enum sm_status need(struct sm_registry_subjects *registry, const char *subject,
                           const struct versions *versions, uint32_t *id, struct sm_err *err)
{
    const struct sm__registration_sink sink = {id, take_id, take_rule};
    struct sm_registry_version found;
    struct sm_slice latest = versions->texts[versions->count - 1].text;
    enum sm_status status = sm_registry_find(registry, subject, latest, &found, err);

    *id = found.id;
    return status == SM_OK && found.version == 0 ? put(registry, subject, versions, &sink, err)
                                                 : status;
}

enum sm_status sm__registration_need(struct sm_registry_subjects *registry,
                                     const struct sm__wire *wire, enum sm_topic topic, uint32_t *id,
                                     struct sm_err *err)
{
    const struct versions versions = versions_of(topic);
    char subject[SM__SUBJECT_SIZE];

    sm__registration_subject(wire, topic, subject);
    return need(registry, subject, &versions, id, err);
}

enum sm_status sm__registration_need_command(struct sm_registry_subjects *registry,
                                             const struct sm_options *options, uint32_t *id,
                                             struct sm_err *err)
{
    struct versions versions;
    char subject[SM__SUBJECT_SIZE];

    versions.texts = sm_command_schema_texts(&versions.count);
    (void)snprintf(subject, sizeof(subject), "%stenant.commands-value",
                   sm_options_text(options, SM_OPTION_TOPIC_PREFIX));
    return need(registry, subject, &versions, id, err);
}
