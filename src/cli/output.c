/* Standard output, as commands share it. */
#include "cli/output.h"

enum sm_status sm__out_of_memory(struct sm_err *err)
{
    return sm_err_set(err, SM_FATAL, SM_FROM_OS, "out of memory");
}

enum sm_status sm__print_report(const struct sm_report *report, size_t size_max,
                                struct sm_err *err)
{
    struct sm_buf out;
    bool printed;

    sm_buf_init(&out, size_max);
    printed = sm_report_print(report, &out);
    if (printed)
        (void)fwrite(out.data, 1, out.size, stdout);
    sm_buf_deinit(&out);
    return printed ? SM_OK : sm__out_of_memory(err);
}
