/* What operators set, checked and made ready to stand in SQL. */
#include <inttypes.h>

#include "codec/template_priv.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS "0123456789"

struct column {
    struct sm_slice name, type;
    bool is_json;
};

/* ---- checks: there is no escaping, so nothing passes that would need it ---- */

static bool has_only(struct sm_slice text, const char *letters)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\0' || strchr(letters, text.data[i]) == NULL)
            return false;
    }
    return true;
}

static bool is_name(struct sm_slice text)
{
    return text.size >= 1 && text.size <= 63 && has_only(text, LOWER DIGITS "_") &&
           text.data[0] >= 'a' && text.data[0] <= 'z';
}

/* A number above 0 and one of the units. */
static bool is_amount(struct sm_slice text, const char *const *units)
{
    size_t digits = 0;

    while (digits < text.size && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    if (digits == 0 || digits > 15 || text.data[0] == '0')
        return false;
    for (; *units != NULL; units++) {
        if (sm_slice_equal((struct sm_slice){ text.data + digits, text.size - digits },
                           sm_slice_of(*units)))
            return true;
    }
    return false;
}

static enum sm_status wrong(struct sm_err *err, const char *option, struct sm_slice value,
                            const char *expected)
{
    return sm_err_set(err, SM_REJECT, SM_FROM_NONE,
                      "option --%s has the value '%.*s', but takes %s",
                      option, (int)(value.size < 80 ? value.size : 80),
                      value.data != NULL ? (const char *)value.data : "", expected);
}

static enum sm_status check(const struct sm_template_settings *settings, struct sm_err *err)
{
    static const char *const sizes[] = { "B", "KB", "MB", "GB", "TB", "PB", NULL };
    static const char *const parts[] = { "%", NULL };
    static const char name[] = "a name of small letters, digits and '_', a letter first";

    if (!is_name(settings->tables_database))
        return wrong(err, "starrocks-tables-database", settings->tables_database, name);
    if (!is_name(settings->shared_database) ||
        sm_slice_equal(settings->shared_database, settings->tables_database))
        return wrong(err, "starrocks-shared-database", settings->shared_database,
                     "a name of small letters, digits and '_', another one than that of "
                     "--starrocks-tables-database");
    if (settings->data_quota.size != 0 && !is_amount(settings->data_quota, sizes))
        return wrong(err, "starrocks-data-quota", settings->data_quota, "a size such as 100GB");
    if (!is_amount(settings->memory_limit, parts))
        return wrong(err, "starrocks-memory-limit", settings->memory_limit, "a part such as 20%");
    if (settings->storage_volume.size != 0 && !is_name(settings->storage_volume))
        return wrong(err, "starrocks-storage-volume", settings->storage_volume, name);
    if (settings->archive_path.size == 0 ||
        !has_only(settings->archive_path, LOWER "ABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "_-./:"))
        return wrong(err, "starrocks-archive-path", settings->archive_path,
                     "a path of letters, digits and _-./:");
    return SM_OK;
}

/* ---- columns ---- */

/* X(type, how many numbers in parentheses follow it) */
#define TYPE_LIST(X) \
    X("BOOLEAN", 0) X("TINYINT", 0) X("SMALLINT", 0) X("INT", 0) X("BIGINT", 0) X("LARGEINT", 0) \
    X("FLOAT", 0) X("DOUBLE", 0) X("DECIMAL", 2) X("VARCHAR", 1) X("STRING", 0) X("JSON", 0) \
    X("DATE", 0) X("DATETIME", 0)

static bool are_numbers(struct sm_slice text, int wanted)
{
    int found = 0;

    if (text.size < 2 || text.data[0] != '(' || text.data[text.size - 1] != ')')
        return false;
    for (size_t i = 1; i + 1 < text.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';

        if (digit && (text.data[i - 1] == '(' || text.data[i - 1] == ','))
            found++;
        if (!digit && (text.data[i] != ',' || text.data[i - 1] == '(' || text.data[i - 1] == ',' ||
                       text.data[i + 1] == ')'))
            return false;
    }
    return found == wanted;
}

static bool is_type(struct sm_slice text)
{
    static const struct {
        const char *name;
        int numbers;
    } types[] = {
#define TYPE_ROW(name, numbers) { name, numbers },
        TYPE_LIST(TYPE_ROW)
#undef TYPE_ROW
    };

    for (size_t i = 0; i < SM_ARRAY_COUNT(types); i++) {
        size_t size = strlen(types[i].name);
        struct sm_slice rest = { text.data + size, text.size - size };

        if (text.size >= size && memcmp(text.data, types[i].name, size) == 0 &&
            (types[i].numbers == 0 ? rest.size == 0 : are_numbers(rest, types[i].numbers)))
            return true;
    }
    return false;
}

static bool is_ours(struct sm_slice name)
{
    return sm_slice_equal(name, SM_SLICE("feature_id")) ||
           sm_slice_equal(name, SM_SLICE("event_date")) ||
           sm_slice_equal(name, SM_SLICE("tenant_id")) ||
           sm_slice_equal(name, SM_SLICE("version")) ||
           sm_slice_equal(name, SM_SLICE("updated_at"));
}

static struct sm_slice without_blanks(struct sm_slice text)
{
    while (text.size != 0 && text.data[0] == ' ') {
        text.data++;
        text.size--;
    }
    while (text.size != 0 && text.data[text.size - 1] == ' ')
        text.size--;
    return text;
}

/* Where the column that begins `text` ends: a comma that is in no parentheses. */
static size_t column_size(struct sm_slice text)
{
    size_t size = 0;

    for (int depth = 0; size < text.size && (text.data[size] != ',' || depth > 0); size++)
        depth += (text.data[size] == '(') - (text.data[size] == ')');
    return size;
}

static bool read_column(struct sm_slice text, struct column *out)
{
    const uint8_t *blank;

    text = without_blanks(text);
    blank = text.size == 0 ? NULL : memchr(text.data, ' ', text.size);
    if (blank == NULL)
        return false;
    out->name = (struct sm_slice){ text.data, (size_t)(blank - text.data) };
    out->type = without_blanks(
        (struct sm_slice){ blank, text.size - (size_t)(blank - text.data) });
    out->is_json = sm_slice_equal(out->type, SM_SLICE("JSON"));
    return is_name(out->name) && !is_ours(out->name) && is_type(out->type);
}

static enum sm_status read_columns(struct sm_slice text, struct column *columns, size_t *count,
                                   struct sm_err *err)
{
    static const char expected[] =
        "columns such as: name VARCHAR(255), payload JSON; each name once, none of feature_id, "
        "event_date, tenant_id, version, updated_at";
    struct sm_slice rest = without_blanks(text);

    *count = 0;
    while (rest.size != 0) {
        size_t size = column_size(rest);

        if (*count == SM__OPTION_COLUMNS_MAX || size + 1 == rest.size ||
            !read_column((struct sm_slice){ rest.data, size }, &columns[*count]))
            return wrong(err, "starrocks-columns", text, expected);
        for (size_t i = 0; i < *count; i++) {
            if (sm_slice_equal(columns[i].name, columns[*count].name))
                return wrong(err, "starrocks-columns", text, expected);
        }
        ++*count;
        size += size < rest.size;
        rest = (struct sm_slice){ rest.data + size, rest.size - size };
    }
    return SM_OK;
}

/* ---- texts ---- */

/* How a list of all columns shows one of them. */
enum shape { PLAIN, OF_S, COMPARABLE, QUOTED };

static void put_column(struct sm_buf *out, struct sm_slice column, bool is_json, enum shape shape)
{
    int size = (int)column.size;
    const char *name = (const char *)column.data;

    if (out->size != 0)
        sm_buf_append_text(out, ", ");
    if (shape == COMPARABLE && is_json)
        sm_buf_printf(out, "CAST(`%.*s` AS STRING) AS `%.*s`", size, name, size, name);
    else if (shape == QUOTED)
        sm_buf_printf(out, "'%.*s'", size, name);
    else
        sm_buf_printf(out, "%s`%.*s`", shape == OF_S ? "s." : "", size, name);
}

static void put_columns(struct sm_buf *out, const struct column *columns, size_t count,
                        enum shape shape)
{
    put_column(out, SM_SLICE("feature_id"), false, shape);
    put_column(out, SM_SLICE("event_date"), false, shape);
    for (size_t i = 0; i < count; i++)
        put_column(out, columns[i].name, columns[i].is_json, shape);
    put_column(out, SM_SLICE("version"), false, shape);
    put_column(out, SM_SLICE("updated_at"), false, shape);
}

static void put_definitions(struct sm_buf *out, const struct column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sm_buf_printf(out, "`%.*s` %.*s NULL,\n  ", (int)columns[i].name.size,
                      (const char *)columns[i].name.data, (int)columns[i].type.size,
                      (const char *)columns[i].type.data);
    sm_buf_append_text(out, "");
}

/* Keeps what `text` has gathered, and empties it. */
static bool keep(struct sm_buf *text, struct sm_arena *arena, struct sm_slice *out)
{
    bool kept = !sm_buf_failed(text) && sm_arena_copy(arena, sm_buf_view(text), out);

    sm_buf_reset(text);
    return kept;
}

static bool make_columns(const struct column *columns, size_t count, struct sm_arena *arena,
                         struct sm_slice *texts)
{
    static const enum sm__placeholder lists[] = { [PLAIN] = SM__OF_COLUMNS,
                                                  [OF_S] = SM__OF_S_COLUMNS,
                                                  [COMPARABLE] = SM__OF_COMPARABLE_COLUMNS,
                                                  [QUOTED] = SM__OF_COLUMN_NAMES };
    struct sm_buf text;
    bool kept = true;

    sm_buf_init(&text, 64 << 10);
    for (unsigned shape = PLAIN; shape <= QUOTED; shape++) {
        put_columns(&text, columns, count, (enum shape)shape);
        kept = keep(&text, arena, &texts[lists[shape]]) && kept;
    }
    put_definitions(&text, columns, count);
    kept = keep(&text, arena, &texts[SM__OF_COLUMN_DEFINITIONS]) && kept;
    sm_buf_printf(&text, "%zu", count + 4);
    kept = keep(&text, arena, &texts[SM__OF_COLUMN_COUNT]) && kept;
    sm_buf_deinit(&text);
    return kept;
}

/* Zero is as not set, and an empty text. */
static bool make_numbers(const struct sm_template_settings *settings, struct sm_arena *arena,
                         struct sm_slice *texts)
{
    const struct {
        enum sm__placeholder name;
        int64_t value;
    } numbers[] = { { SM__OF_REPLICATION, settings->replication },
                    { SM__OF_BUCKETS, settings->buckets },
                    { SM__OF_CHUNKS, settings->chunks },
                    { SM__OF_REPLICA_QUOTA, settings->replica_quota },
                    { SM__OF_CPU_WEIGHT, settings->cpu_weight },
                    { SM__OF_CONCURRENCY_LIMIT, settings->concurrency_limit } };
    struct sm_buf text;
    bool kept = true;

    sm_buf_init(&text, 64);
    for (size_t i = 0; i < SM_ARRAY_COUNT(numbers); i++) {
        if (numbers[i].value != 0)
            sm_buf_printf(&text, "%" PRId64, numbers[i].value);
        else
            sm_buf_append_text(&text, "");
        kept = keep(&text, arena, &texts[numbers[i].name]) && kept;
    }
    sm_buf_deinit(&text);
    return kept;
}

static bool copy_texts(const struct sm_template_settings *settings, struct sm_arena *arena,
                       struct sm_slice *texts)
{
    return sm_arena_copy(arena, settings->tables_database, &texts[SM__OF_TABLES_DATABASE]) &&
           sm_arena_copy(arena, settings->shared_database, &texts[SM__OF_SHARED_DATABASE]) &&
           sm_arena_copy(arena, settings->data_quota, &texts[SM__OF_DATA_QUOTA]) &&
           sm_arena_copy(arena, settings->memory_limit, &texts[SM__OF_MEMORY_LIMIT]) &&
           sm_arena_copy(arena, settings->storage_volume, &texts[SM__OF_STORAGE_VOLUME]) &&
           sm_arena_copy(arena, settings->archive_path, &texts[SM__OF_ARCHIVE_PATH]);
}

enum sm_status sm__template_values_make(const struct sm_template_settings *settings,
                                        struct sm_arena *arena, struct sm__template_values *out,
                                        struct sm_err *err)
{
    struct column columns[SM__OPTION_COLUMNS_MAX];
    size_t count;
    enum sm_status status = check(settings, err);

    *out = (struct sm__template_values){ .chunks = settings->chunks };
    if (status == SM_OK)
        status = read_columns(settings->columns, columns, &count, err);
    if (status != SM_OK)
        return status;
    if (!make_columns(columns, count, arena, out->texts) ||
        !make_numbers(settings, arena, out->texts) || !copy_texts(settings, arena, out->texts))
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "no memory for the settings of templates");
    return SM_OK;
}
