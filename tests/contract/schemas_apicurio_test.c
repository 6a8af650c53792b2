/* The registry adapter on a real registry: the stack's Apicurio, or the one whose address
 * SECRETMAGIC_TEST_REGISTRY has. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "contract/registry_rig.h"

static int use_address(struct registry_rig *rig, const char *address)
{
    char path[64] = "";
    int port;

    if (sscanf(address, "http://127.0.0.1:%d%63s", &port, path) < 1) {
        (void)fprintf(stderr, "no address of a registry on this machine: %s\n", address);
        return EXIT_FAILURE;
    }
    registry_rig_use(rig, port, path);
    return EXIT_SUCCESS;
}

/* What scripts/stack env prints for the folder. */
static int use_stack(struct registry_rig *rig, const char *folder)
{
    char command[512], line[256], address[128];
    FILE *pipe;

    (void)snprintf(command, sizeof(command), "%s/scripts/stack env registry --dir %s",
                   SM_SOURCE_DIR, folder);
    pipe = popen(command, "r");
    if (pipe == NULL || fgets(line, sizeof(line), pipe) == NULL || pclose(pipe) != 0 ||
        sscanf(line, "export SECRETMAGIC_REGISTRY=%127s", address) != 1) {
        (void)fprintf(stderr, "%s: no registry\n", command);
        return EXIT_FAILURE;
    }
    return use_address(rig, address);
}

int main(void)
{
    const char *address = getenv("SECRETMAGIC_TEST_REGISTRY");
    const char *folder = getenv("SECRETMAGIC_TEST_REGISTRY_STACK");
    struct registry_rig rig = { .server = 0 };

    if (address == NULL && folder == NULL) {
        (void)fprintf(stderr, "neither SECRETMAGIC_TEST_REGISTRY nor "
                              "SECRETMAGIC_TEST_REGISTRY_STACK is set\n");
        return EXIT_FAILURE;
    }
    if ((address != NULL ? use_address(&rig, address) : use_stack(&rig, folder)) != EXIT_SUCCESS)
        return EXIT_FAILURE;
    return schemas_suite_run("schemas from Apicurio", &rig.rig);
}
