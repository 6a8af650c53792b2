#ifndef SM_CONTRACT_SUBJECTS_SUITE_H
#define SM_CONTRACT_SUBJECTS_SUITE_H
/* The contract of registry/subjects.h, run on a registry that is played and on a real one. */
#include "contract/registry_rig.h"

/* Returns the number of failed tests. */
int subjects_suite_run(const char *name, struct registry_rig *rig);
#endif
