/* The registry adapter on a real registry. */
#include "contract/registry_rig.h"

int main(void)
{
    struct registry_rig rig = { .server = 0 };

    registry_rig_use_stack(&rig);
    return schemas_suite_run("schemas from Apicurio", &rig.rig);
}
