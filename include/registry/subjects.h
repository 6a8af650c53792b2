#ifndef SM_REGISTRY_SUBJECTS_H
#define SM_REGISTRY_SUBJECTS_H
/* The subjects of a registry: their versions and rules, for commands. Every call waits for its
 * answer, up to the client's time-out, and none is tried again. Schemas are Avro, as JSON.
 *
 * All return SM_RETRY when the registry gives no answer to work with (err as of ports/schemas.h's
 * AWAY), SM_REJECT when it refuses (err has its own sentence). */
#include "base/slice.h"
#include "registry/client.h"

struct sm_registry_subjects;
/* SM_OK; SM_FATAL as sm_registry_client_check, or when memory cannot be had. Does not connect. */
SM_MUST_CHECK enum sm_status sm_registry_subjects_open(const struct sm_registry_client *client,
                                                       struct sm_registry_subjects **out,
                                                       struct sm_err *err);
void sm_registry_subjects_close(struct sm_registry_subjects *subjects);

/* ---- looking ---- */

struct sm_registry_version {
    uint32_t version; /* within the subject, from 1; 0: the subject does not have it */
    uint32_t id; /* what framing carries */
    struct sm_slice schema; /* as registered; absent where it is not asked for. Valid until the next
                               call */
};
/* Which version of the subject `schema` is. */
SM_MUST_CHECK enum sm_status sm_registry_find(struct sm_registry_subjects *subjects,
                                              const char *subject, struct sm_slice schema,
                                              struct sm_registry_version *out, struct sm_err *err);

#define SM_REGISTRY_VERSIONS_MAX 1000 /* that are listed of one subject; more is SM_REJECT */
struct sm_registry_versions {
    size_t count; /* 0: there is no such subject */
    uint32_t list[SM_REGISTRY_VERSIONS_MAX];
};
SM_MUST_CHECK enum sm_status sm_registry_list(struct sm_registry_subjects *subjects,
                                              const char *subject,
                                              struct sm_registry_versions *out,
                                              struct sm_err *err);
/* One of these versions. */
SM_MUST_CHECK enum sm_status sm_registry_get(struct sm_registry_subjects *subjects,
                                             const char *subject, uint32_t version,
                                             struct sm_registry_version *out, struct sm_err *err);

struct sm_registry_check {
    bool exists; /* the subject has versions */
    bool compatible; /* with them, as far as the subject's rule asks; true if there is none */
};
SM_MUST_CHECK enum sm_status sm_registry_check(struct sm_registry_subjects *subjects,
                                               const char *subject, struct sm_slice schema,
                                               struct sm_registry_check *out, struct sm_err *err);

#define SM_REGISTRY_RULE_SIZE 32
/* The subject's own rule: BACKWARD, FULL_TRANSITIVE, …; "" if it has none, and goes by the
 * registry's (Apicurio tells that as NONE). */
SM_MUST_CHECK enum sm_status sm_registry_compatibility(struct sm_registry_subjects *subjects,
                                                       const char *subject,
                                                       char out[SM_REGISTRY_RULE_SIZE],
                                                       struct sm_err *err);

/* ---- changing ---- */

/* Makes `schema` a version of the subject unless it is one; *id is what framing carries.
 * SM_REJECT: not compatible with the versions there are, or no valid schema. */
SM_MUST_CHECK enum sm_status sm_registry_register(struct sm_registry_subjects *subjects,
                                                  const char *subject, struct sm_slice schema,
                                                  uint32_t *id, struct sm_err *err);
/* Sets the subject's rule. Apicurio 3.0.9 refuses it before a subject has a version, answers a word
 * that it does not know with HTTP status 500 (SM_RETRY), and goes by its global rule where the
 * subject's is NONE. */
SM_MUST_CHECK enum sm_status sm_registry_set_compatibility(struct sm_registry_subjects *subjects,
                                                           const char *subject, const char *level,
                                                           struct sm_err *err);
#endif
