/* What every command that sends events opens and closes. */
#include <stdlib.h>

#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/output.h"

static enum sm_status open_output(struct sm__emit *emit, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    if (sm_options_flag(emit->options, SM_OPTION_DRY_RUN))
        return SM_OK;
    if (emit->format == SM_FORMAT_AVRO)
        status = sm__wire_subjects(emit->wire, &emit->registry, err);
    return status == SM_OK ? sm__wire_publisher(emit->wire, &emit->publisher, err) : status;
}

enum sm_status sm__emit_open(struct sm__emit *emit, struct sm_err *err)
{
    emit->window = calloc(SM__EMIT_WINDOW, sizeof(*emit->window));
    if (emit->window == NULL || !sm__emit_line_init(&emit->line, emit->format != SM_FORMAT_JSON))
        return sm__out_of_memory(err);
    return open_output(emit, err);
}

enum sm_status sm__emit_finish(struct sm__emit *emit, struct sm_err *err)
{
    enum sm_status status = SM_OK;

    while (status == SM_OK && emit->publisher != NULL &&
           emit->publisher->ops->pending(emit->publisher) > 0)
        status = sm__emit_take_answers(emit, -1, NULL, err);
    return status;
}

enum sm_status sm__emit_one(struct sm__emit *emit, struct sm_slice event, struct sm_err *err)
{
    enum sm_status status = sm__emit_open(emit, err);

    if (status == SM_OK)
        status = sm__emit_line_send(emit, event, err);
    return status == SM_OK ? sm__emit_finish(emit, err) : status;
}

int sm__emit_exit_code(const struct sm__emit *emit, enum sm_status status, const struct sm_err *err)
{
    if (status != SM_OK)
        (void)fprintf(stderr, "secretmagic: %s\n", err->text);
    if (status == SM_STOP)
        return SM_EXIT_USAGE;
    if (status != SM_OK || emit->failed > 0)
        return SM_EXIT_FAILED;
    return emit->refused > 0 ? SM_EXIT_DIFFERENT : SM_EXIT_OK;
}

void sm__emit_close(struct sm__emit *emit)
{
    if (emit->publisher != NULL)
        emit->publisher->ops->close(emit->publisher);
    sm_registry_subjects_close(emit->registry);
    sm__wire_close(emit->wire);
    sm__emit_line_deinit(&emit->line);
    free(emit->window);
}
