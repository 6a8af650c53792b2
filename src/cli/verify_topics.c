/* The database's numbers of topics. */
#include <stdlib.h>

#include "cli/output.h"
#include "cli/verify.h"

static bool add(struct sm__topic_names *names, const struct sm_position_row *row)
{
    struct sm__topic_name *grown;

    if (sm__topic_names_find(names, row->topic_id) != NULL)
        return true;
    grown = realloc(names->list, (names->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return false;
    names->list = grown;
    grown[names->count].topic_id = row->topic_id;
    (void)snprintf(grown[names->count].name, sizeof(grown->name), "%.*s", (int)row->topic.size,
                   (const char *)row->topic.data);
    names->count++;
    return true;
}

const char *sm__topic_names_find(const struct sm__topic_names *names, int16_t topic_id)
{
    for (size_t i = 0; i < names->count; i++) {
        if (names->list[i].topic_id == topic_id)
            return names->list[i].name;
    }
    return NULL;
}

enum sm_status sm__topic_names_read(struct sm_log *log, struct sm__topic_names *out,
                                    struct sm_err *err)
{
    struct sm_log_scan *scan;
    const struct sm_log_row *row;
    enum sm_status status = log->ops->open(log, SM_SCAN_POSITIONS, &scan, err);

    if (status != SM_OK)
        return status;
    while (status == SM_OK && (status = log->ops->next(scan, &row, err)) == SM_OK) {
        if (!add(out, &row->position))
            status = sm__out_of_memory(err);
    }
    log->ops->close_scan(scan);
    return status == SM_STOP ? SM_OK : status;
}
