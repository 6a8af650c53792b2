/* The database's numbers of topics. */
#include <stdlib.h>

#include "cli/output.h"
#include "cli/positions.h"
#include "cli/verify.h"

static enum sm_status add(void *context, const struct sm_position_row *row, struct sm_err *err)
{
    struct sm__topic_names *names = context;
    struct sm__topic_name *grown;

    if (sm__topic_names_find(names, row->topic_id) != NULL)
        return SM_OK;
    grown = realloc(names->list, (names->count + 1) * sizeof(*grown));
    if (grown == NULL)
        return sm__out_of_memory(err);
    names->list = grown;
    grown[names->count].topic_id = row->topic_id;
    (void)snprintf(grown[names->count].name, sizeof(grown->name), "%.*s", (int)row->topic.size,
                   (const char *)row->topic.data);
    names->count++;
    return SM_OK;
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
    return sm__positions_read(log, add, out, err);
}
