#ifndef SM_CONTRACT_REGISTRY_RIG_H
#define SM_CONTRACT_REGISTRY_RIG_H
/* A schema registry for a test program: tests/support/registry.py, or a real one; and what tests do
 * to it behind the adapter's back. */
#include <sys/types.h>

#include "contract/schemas_suite.h"
#include "registry/schemas.h"

struct registry_rig {
    struct schemas_rig rig; /* its context is this registry_rig */
    pid_t server; /* 0: not started by us */
    int server_stdin; /* it ends when this is closed */
    int port;
    char path[64]; /* before /schemas */
    char url[128];
    struct sm_registry_client client; /* what open uses; points into this struct */
};

/* Starts the server with these arguments (NULL ends them) and fills the rig. */
void registry_rig_open(struct registry_rig *rig, const char *const *arguments);
/* Fills the rig for a registry that runs. */
void registry_rig_use(struct registry_rig *rig, int port, const char *path);
/* The same for the address in SECRETMAGIC_TEST_REGISTRY, or the registry of the stack in the folder
 * that SECRETMAGIC_TEST_REGISTRY_STACK names. Ends the program if there is none. */
void registry_rig_use_stack(struct registry_rig *rig);
void registry_rig_close(struct registry_rig *rig);

/* One HTTP request by plain sockets. Returns the status and the body (cut to the size). */
int http_request(int port, const char *method, const char *path, const char *body, char *out,
                 size_t size);
/* How questions for the id are answered from now on; "well": as usual. */
void registry_rig_behave(const struct registry_rig *rig, uint32_t id, const char *mode);
unsigned registry_rig_peak(const struct registry_rig *rig);
#endif
