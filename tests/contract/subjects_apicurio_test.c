/* A registry's subjects, on a real one. */
#include "contract/subjects_suite.h"

int main(void)
{
    struct registry_rig rig = { .server = 0 };

    registry_rig_use_stack(&rig);
    return subjects_suite_run("subjects of Apicurio", &rig);
}
