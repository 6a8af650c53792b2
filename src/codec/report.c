/* JSON documents for people and scripts, by jansson. */
#include <jansson.h>

#include "base/utf8.h"
#include "codec/report.h"

#define DEPTH_MAX 8

struct sm_report {
    json_t *open[DEPTH_MAX]; /* borrowed but for open[0], which owns all */
    size_t depth;            /* open[depth - 1] takes the next value */
    bool failed;
};

struct sm_report *sm_report_create(void)
{
    struct sm_report *report = calloc(1, sizeof(*report));

    if (report == NULL)
        return NULL;
    report->open[0] = json_object();
    report->depth = 1;
    report->failed = report->open[0] == NULL;
    return report;
}

void sm_report_destroy(struct sm_report *report)
{
    if (report == NULL)
        return;
    json_decref(report->open[0]);
    free(report);
}

/* Adopts `value`; NULL means that it could not be made. */
static void put(struct sm_report *report, const char *name, json_t *value)
{
    if (report == NULL || report->failed)
        json_decref(value);
    else
        report->failed = json_object_set_new(report->open[report->depth - 1], name, value) != 0;
}

/* Text that was cut to fit may end inside a character, which JSON cannot hold: such bytes become
 * '?'. */
static json_t *make_text(struct sm_slice text)
{
    struct sm_buf clean;
    json_t *made;

    sm_buf_init(&clean, text.size + 1);
    for (size_t at = 0; at < text.size;) {
        size_t size = sm_utf8_size(text.data + at, text.size - at);

        sm_buf_append(&clean, size != 0 ? (const char *)text.data + at : "?", size != 0 ? size : 1);
        at += size != 0 ? size : 1;
    }
    made = sm_buf_failed(&clean) ? NULL
                                 : json_stringn(clean.data != NULL ? clean.data : "", clean.size);
    sm_buf_deinit(&clean);
    return made;
}

void sm_report_text(struct sm_report *report, const char *name, const char *text)
{
    sm_report_slice(report, name, sm_slice_of(text));
}

void sm_report_slice(struct sm_report *report, const char *name, struct sm_slice text)
{
    put(report, name, text.data != NULL ? make_text(text) : json_null());
}

void sm_report_number(struct sm_report *report, const char *name, int64_t number)
{
    put(report, name, number == SM_REPORT_UNKNOWN ? json_null() : json_integer(number));
}

void sm_report_json(struct sm_report *report, const char *name, const char *json)
{
    json_t *value = json != NULL ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;

    put(report, name, value != NULL ? value : json_null());
}

void sm_report_flag(struct sm_report *report, const char *name, bool value)
{
    put(report, name, json_boolean(value));
}

static void enter(struct sm_report *report, json_t *object)
{
    if (report->failed)
        return;
    SM_ASSERT(report->depth < DEPTH_MAX);
    report->open[report->depth++] = object;
}

void sm_report_open(struct sm_report *report, const char *name)
{
    json_t *object = json_object();

    put(report, name, object);
    if (report != NULL)
        enter(report, object);
}

void sm_report_array(struct sm_report *report, const char *name)
{
    put(report, name, json_array());
}

void sm_report_open_row(struct sm_report *report, const char *name)
{
    json_t *array, *row;

    if (report == NULL || report->failed)
        return;
    array = json_object_get(report->open[report->depth - 1], name);
    SM_ASSERT(json_is_array(array));
    row = json_object();
    report->failed = json_array_append_new(array, row) != 0;
    enter(report, row);
}

void sm_report_close(struct sm_report *report)
{
    if (report == NULL || report->failed)
        return;
    SM_ASSERT(report->depth > 1);
    report->depth--;
}

static int append(const char *text, size_t size, void *out)
{
    sm_buf_append(out, text, size);
    return 0;
}

static bool print(const struct sm_report *report, size_t flags, struct sm_buf *out)
{
    return report != NULL && !report->failed &&
           json_dump_callback(report->open[0], append, out, flags) == 0 && !sm_buf_failed(out);
}

bool sm_report_print(const struct sm_report *report, struct sm_buf *out)
{
    if (!print(report, JSON_INDENT(2), out))
        return false;
    sm_buf_append_byte(out, '\n');
    return !sm_buf_failed(out);
}

bool sm_report_print_line(const struct sm_report *report, struct sm_buf *out)
{
    return print(report, JSON_COMPACT, out);
}

const char *sm_report_library_version(void)
{
    return jansson_version_str();
}
