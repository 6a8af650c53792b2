#ifndef SM_REGISTRY_SUBJECTS_H
#define SM_REGISTRY_SUBJECTS_H
/* Putting schemas into a registry, for commands: every call waits for its answer, up to the
 * client's time-out, and none is tried again.
 *
 * All return SM_RETRY when the registry gives no answer to work with (err as of ports/schemas.h's
 * AWAY), SM_REJECT when it refuses (err has its own sentence). */
#include "registry/client.h"

struct sm_registry_subjects;
/* SM_OK; SM_FATAL as sm_registry_client_check, or when memory cannot be had. Does not connect. */
SM_MUST_CHECK enum sm_status sm_registry_subjects_open(const struct sm_registry_client *client,
                                                       struct sm_registry_subjects **out,
                                                       struct sm_err *err);
void sm_registry_subjects_close(struct sm_registry_subjects *subjects);

/* Makes `schema` (Avro, terminated) a version of the subject unless it is one; *id is what framing
 * carries. SM_REJECT: not compatible with the versions there are, or no valid schema. */
SM_MUST_CHECK enum sm_status sm_registry_register(struct sm_registry_subjects *subjects,
                                                  const char *subject, const char *schema,
                                                  uint32_t *id, struct sm_err *err);

struct sm_registry_check {
    bool exists; /* the subject has versions */
    bool compatible; /* with the last of them, by the subject's rule; true if there is none */
};
SM_MUST_CHECK enum sm_status sm_registry_check(struct sm_registry_subjects *subjects,
                                               const char *subject, const char *schema,
                                               struct sm_registry_check *out, struct sm_err *err);

/* Sets the subject's rule: BACKWARD, FULL_TRANSITIVE, … Apicurio 3.0.9 refuses it before a subject
 * has a version, answers a word that it does not know with HTTP status 500 (SM_RETRY), and goes by
 * its global rule where the subject's is NONE. */
SM_MUST_CHECK enum sm_status sm_registry_set_compatibility(struct sm_registry_subjects *subjects,
                                                           const char *subject, const char *level,
                                                           struct sm_err *err);
#endif
