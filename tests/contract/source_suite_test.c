/* The source suite on a real broker. */
#include "contract/kafka_rig.h"

int main(void)
{
    struct kafka_rig rig;
    int failed;

    kafka_rig_open(&rig);
    failed = source_suite_run(&rig.rig);
    kafka_rig_close(&rig);
    return failed;
}
