#ifndef SM_CLI_REGISTRATION_H
#define SM_CLI_REGISTRATION_H
/* Our schemas in a registry: each topic's versions are the versions of the subject TOPIC-value,
 * which is where clients of others look for them. */
#include "cli/wire.h"
#include "codec/schemas.h"
#include "registry/subjects.h"

#define SM__SUBJECT_SIZE 300 /* bytes; a topic's name has 249 at the most */
void sm__registration_subject(const struct sm__wire *wire, enum sm_topic topic,
                              char out[SM__SUBJECT_SIZE]);

/* The rule of a subject that has none: what a new version reads, all before it must have been able
 * to write, since topics keep records for ever. */
#define SM__REGISTRATION_RULE "BACKWARD_TRANSITIVE"

/* One of our versions, as the registry has it now. */
struct sm__registered {
    const struct sm_schema_text *schema;
    struct sm_registry_version version;
    bool added; /* just now */
};
struct sm__registration_sink {
    void *context;
    void (*registered)(void *context, const struct sm__registered *registered);
    /* The subject's rule, and whether it was set just now. */
    void (*ruled)(void *context, const char *rule, bool set);
};
/* Registers our versions that are newer than the newest of them that the subject has, in their
 * order, and gives a subject without a rule ours. Done again it changes nothing. SM_OK, SM_RETRY
 * and SM_REJECT as registry/subjects.h; what was told to the sink before that is done. */
SM_MUST_CHECK enum sm_status sm__registration_put(struct sm_registry_subjects *registry,
                                                  const char *subject, enum sm_topic topic,
                                                  const struct sm__registration_sink *sink,
                                                  struct sm_err *err);
/* The id of the topic's latest schema, by which events are written; only if the registry does not
 * have it, all is done as above. */
SM_MUST_CHECK enum sm_status sm__registration_need(struct sm_registry_subjects *registry,
                                                   const struct sm__wire *wire, enum sm_topic topic,
                                                   uint32_t *id, struct sm_err *err);
/* The same of commands, which are written by the one schema of theirs. */
SM_MUST_CHECK enum sm_status sm__registration_need_command(struct sm_registry_subjects *registry,
                                                           const struct sm_options *options,
                                                           uint32_t *id, struct sm_err *err);
#endif
