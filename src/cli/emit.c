/* `emit`: lines of JSON to Kafka, each acknowledged or named. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/emit_priv.h"
#include "cli/output.h"

static enum sm_status emit_lines(struct sm__emit *emit, struct sm_err *err)
{
    struct sm_slice text;
    struct sm_rejection rejection;
    enum sm_status status, result;

    while ((status = sm__lines_next(&emit->lines, &text)) != SM_AGAIN && status != SM_STOP) {
        if (status == SM_OK) {
            result = sm__emit_line_send(emit, text, err);
            if (result != SM_OK)
                return result;
        } else {
            sm_reject(&rejection, SM_CODE_VALUE_TOO_LARGE, "", SM_SLICE_NONE,
                      "the line has more than %d bytes", SM_VALUE_SIZE_MAX);
            sm__emit_tell_refused(emit, &rejection);
        }
        sm__emit_tell_progress(emit);
    }
    return status;
}

/* Waits for input and answers at once, so that the events of a pipe that pauses are acknowledged.
 */
static enum sm_status emit_all(struct sm__emit *emit, struct sm_err *err)
{
    enum sm_status status;

    while ((status = emit_lines(emit, err)) == SM_AGAIN) {
        bool ready = emit->publisher == NULL;

        while (!ready) {
            status = sm__emit_take_answers(emit, emit->lines.fd, &ready, err);
            if (status != SM_OK)
                return status;
        }
        status = sm__lines_fill(&emit->lines, err);
        if (status != SM_OK)
            return status;
    }
    return status == SM_STOP ? sm__emit_finish(emit, err) : status;
}

static enum sm_status open_input(struct sm__emit *emit, int *fd, struct sm_err *err)
{
    const char *name = emit->options->operands[0];
    struct stat facts;

    *fd = STDIN_FILENO;
    emit->input = "standard input";
    if (name != NULL && strcmp(name, "-") != 0) {
        emit->input = name;
        *fd = open(name, O_RDONLY | O_CLOEXEC);
    }
    if (*fd < 0 || fstat(*fd, &facts) != 0)
        return sm_err_set(err, SM_STOP, SM_FROM_OS, "cannot read %s: %s", emit->input,
                          strerror(errno));
    sm__progress_init(&emit->progress, S_ISREG(facts.st_mode) ? (uint64_t)facts.st_size : 0);
    return SM_OK;
}

/* The default is what works without further options: without a registry, what needs none. */
static enum sm_status choose_format(struct sm__emit *emit, struct sm_err *err)
{
    const struct sm_options *options = emit->options;
    bool registry = sm_options_text(options, SM_OPTION_REGISTRY) != NULL;

    emit->format = (enum sm_format)sm_options_number(options, SM_OPTION_FORMAT);
    if (emit->format != SM_FORMAT_AVRO || registry)
        return SM_OK;
    if (options->values[SM_OPTION_FORMAT].origin == SM_BY_DEFAULT) {
        emit->format = SM_FORMAT_SINGLE_OBJECT;
        return SM_OK;
    }
    return sm_err_set(err, SM_STOP, SM_FROM_NONE,
                      "--format avro needs a schema registry, and none is set; hint: --registry "
                      "URL names it; --format single-object is Avro without one");
}

static enum sm_status open_all(struct sm__emit *emit, int fd, struct sm_err *err)
{
    if (!sm__lines_init(&emit->lines, fd, SM_VALUE_SIZE_MAX))
        return sm__out_of_memory(err);
    return sm__emit_open(emit, err);
}

static void close_all(struct sm__emit *emit, int fd)
{
    sm__emit_close(emit);
    sm__lines_deinit(&emit->lines);
    if (fd > STDIN_FILENO)
        (void)close(fd);
}

int sm_command_emit(const struct sm_options *options)
{
    struct sm__emit emit = {.options = options};
    struct sm_err err = {.text = ""};
    enum sm_status status;
    int fd = -1, code;

    if (sm__wire_open(options, &emit.wire, &err) != SM_OK)
        return sm__wire_refused(&err);
    status = choose_format(&emit, &err);
    if (status == SM_OK)
        status = open_input(&emit, &fd, &err);
    if (status == SM_OK) {
        status = open_all(&emit, fd, &err);
        if (status == SM_OK) {
            status = emit_all(&emit, &err);
            sm__emit_tell_summary(&emit);
        }
    }
    code = sm__emit_exit_code(&emit, status, &err);
    close_all(&emit, fd);
    return code;
}
