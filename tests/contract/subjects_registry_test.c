/* A registry's subjects, on a server that plays Apicurio's answers. */
#include "contract/subjects_suite.h"

int main(void)
{
    struct registry_rig rig = { .server = 0 };
    int failed;

    registry_rig_open(&rig, NULL);
    failed = subjects_suite_run("subjects of a registry", &rig);
    registry_rig_close(&rig);
    return failed;
}
