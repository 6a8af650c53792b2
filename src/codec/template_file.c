/* One file of templates: SQL, and comments that begin with "-- @" and say what it is.
 *
 *   -- @minimum 3.3          the oldest StarRocks that takes all of the file; once, first
 *   -- @if NAME, @unless NAME, @each chunk     of the statement that follows
 *   -- @statement            its SQL follows, up to a ';' at a line's end
 *   -- @check EXPECTED       a query that changes nothing, and what it must show
 *   -- @verify EXPECTED      a query follows by which it is seen that the statement is done
 *   -- @completed EXPECTED [FAILED]    likewise, of an asynchronous one
 *   -- @ok TEXT              an error that has TEXT in it means "already done"
 *   -- @rollback             what undoes it follows; -- @rollback_verify EXPECTED likewise
 */
#include "codec/template_priv.h"

#define STATEMENTS_MAX 32 /* in a file */

enum role { ROLE_NONE, ROLE_SQL, ROLE_CHECK, ROLE_VERIFY, ROLE_COMPLETED, ROLE_ROLLBACK,
            ROLE_ROLLBACK_VERIFY };

struct file {
    const struct sm_template_text *source;
    struct sm_arena *arena;
    struct sm__template *out;
    struct sm__template_statement next; /* conditions that the next statement takes */
    struct sm__template_statement *statement; /* the last one; NULL: none yet */
    enum role role; /* of the SQL that is expected, or being read */
    const uint8_t *from; /* of that SQL; NULL: it has not begun */
    unsigned from_line;
    unsigned line;
    struct sm_err *err;
};

static enum sm_status refuse(const struct file *file, unsigned line, const char *what,
                             struct sm_slice about)
{
    return sm_err_set(file->err, SM_REJECT, SM_FROM_NONE, "%s:%u: %s%s%.*s%s", file->source->path,
                      line, what, about.data != NULL ? " '" : "",
                      (int)(about.size < 80 ? about.size : 80),
                      about.data != NULL ? (const char *)about.data : "",
                      about.data != NULL ? "'" : "");
}

/* ---- texts ---- */

static struct sm_slice trimmed(struct sm_slice text)
{
    while (text.size != 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size != 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t' ||
                              text.data[text.size - 1] == '\r'))
        text.size--;
    return text;
}

/* The first word, and what is left behind it. */
static struct sm_slice take_word(struct sm_slice *text)
{
    const uint8_t *blank = memchr(text->data, ' ', text->size);
    struct sm_slice word = { text->data,
                             blank == NULL ? text->size : (size_t)(blank - text->data) };

    *text = trimmed((struct sm_slice){ text->data + word.size, text->size - word.size });
    return word;
}

static bool is_version(struct sm_slice text)
{
    size_t dots = 0;

    for (size_t i = 0; i < text.size; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';

        dots += text.data[i] == '.';
        if (!digit && (text.data[i] != '.' || i == 0 || i + 1 == text.size))
            return false;
    }
    return dots == 1 || dots == 2;
}

static enum sm_status check_placeholders(const struct file *file, unsigned line,
                                         struct sm_slice text, bool in_chunk)
{
    struct sm_slice before, name;
    enum sm__placeholder what;
    size_t at = 0;

    while (sm__placeholder_next(text, &at, &before, &name)) {
        for (size_t i = 0; i < before.size; i++)
            line += before.data[i] == '\n';
        if (!sm__placeholder_find(name, &what))
            return refuse(file, line, "there is no placeholder", name);
        if (what == SM__OF_CHUNK && !in_chunk)
            return refuse(file, line, "only a statement for each chunk has the placeholder", name);
    }
    return SM_OK;
}

/* ---- SQL ---- */

static void keep_sql(struct file *file, struct sm_slice text)
{
    struct sm__template_statement *statement = file->statement;

    if (file->role == ROLE_SQL || file->role == ROLE_CHECK)
        statement->sql = text;
    if (file->role == ROLE_CHECK || file->role == ROLE_VERIFY)
        statement->verify.text = text;
    if (file->role == ROLE_COMPLETED)
        statement->completed.text = text;
    if (file->role == ROLE_ROLLBACK)
        statement->rollback = text;
    if (file->role == ROLE_ROLLBACK_VERIFY)
        statement->rollback_verify.text = text;
}

static enum sm_status take_sql(struct file *file, struct sm_slice line)
{
    struct sm_slice text;
    enum sm_status status;

    if (file->role == ROLE_NONE)
        return refuse(file, file->line, "no -- @statement or the like says what this is:", line);
    if (file->from == NULL) {
        file->from = line.data;
        file->from_line = file->line;
    }
    if (line.data[line.size - 1] != ';')
        return SM_OK;
    text = (struct sm_slice){ file->from, (size_t)(line.data + line.size - 1 - file->from) };
    status = check_placeholders(file, file->from_line, text, file->statement->each_chunk);
    keep_sql(file, text);
    file->from = NULL;
    file->role = ROLE_NONE;
    return status;
}

/* ---- what comments say ---- */

static enum sm_status begin_statement(struct file *file)
{
    struct sm__template *out = file->out;

    if (out->minimum_version.data == NULL)
        return refuse(file, file->line, "-- @minimum must come first", SM_SLICE_NONE);
    if (out->count == STATEMENTS_MAX)
        return refuse(file, file->line, "too many statements for one file", SM_SLICE_NONE);
    file->statement = &out->statements[out->count++];
    *file->statement = file->next;
    file->statement->line = file->line;
    file->next = (struct sm__template_statement){ .line = 0 };
    return SM_OK;
}

static enum sm_status set_condition(struct file *file, struct sm_slice name, bool wanted_when_set)
{
    if (!sm__placeholder_find(name, &file->next.condition) ||
        file->next.condition < SM__OF_REPLICATION || file->next.condition == SM__OF_CHUNK ||
        file->next.condition > SM__OF_ARCHIVE_PATH)
        return refuse(file, file->line, "there is no setting", name);
    file->next.has_condition = true;
    file->next.wanted_when_set = wanted_when_set;
    return SM_OK;
}

static enum sm_status add_ok_error(struct file *file, struct sm_slice text)
{
    struct sm__template_statement *statement = file->statement;

    if (text.size == 0)
        return refuse(file, file->line, "-- @ok is followed by a text of the error", SM_SLICE_NONE);
    if (statement->ok_error_count == SM_STATEMENT_OK_ERRORS_MAX)
        return refuse(file, file->line, "too many -- @ok for one statement", SM_SLICE_NONE);
    statement->ok_errors[statement->ok_error_count++] = text;
    return check_placeholders(file, file->line, text, statement->each_chunk);
}

/* Where the expected value of a role's query goes; NULL: it has none. */
static struct sm_slice *expected_of(struct sm__template_statement *statement, enum role role)
{
    if (role == ROLE_VERIFY || role == ROLE_CHECK)
        return &statement->verify.expected;
    if (role == ROLE_COMPLETED)
        return &statement->completed.expected;
    return role == ROLE_ROLLBACK_VERIFY ? &statement->rollback_verify.expected : NULL;
}

static enum sm_status begin_role(struct file *file, enum role role, struct sm_slice rest)
{
    bool begins = role == ROLE_SQL || role == ROLE_CHECK;
    enum sm_status status = begins ? begin_statement(file) : SM_OK;
    struct sm_slice *expected;

    if (status != SM_OK)
        return status;
    if (file->statement == NULL)
        return refuse(file, file->line, "no -- @statement is before this", SM_SLICE_NONE);
    file->role = role;
    expected = expected_of(file->statement, role);
    if (expected == NULL)
        return SM_OK;
    if (role == ROLE_COMPLETED) {
        *expected = take_word(&rest);
        file->statement->failed = rest.size != 0 ? rest : SM_SLICE_NONE;
    } else {
        *expected = rest;
    }
    if (expected->size == 0)
        return refuse(file, file->line, "what the query must show is missing", SM_SLICE_NONE);
    return check_placeholders(file, file->line, *expected, file->statement->each_chunk);
}

static enum sm_status set_minimum(struct file *file, struct sm_slice version)
{
    if (!is_version(version))
        return refuse(file, file->line, "expected a version such as 3.3, not", version);
    file->out->minimum_version = version;
    return SM_OK;
}

static enum sm_status take_directive(struct file *file, struct sm_slice rest)
{
    static const struct {
        const char *word;
        enum role role;
    } roles[] = { { "statement", ROLE_SQL },
                  { "check", ROLE_CHECK },
                  { "verify", ROLE_VERIFY },
                  { "completed", ROLE_COMPLETED },
                  { "rollback", ROLE_ROLLBACK },
                  { "rollback_verify", ROLE_ROLLBACK_VERIFY } };
    struct sm_slice word = take_word(&rest);

    for (size_t i = 0; i < SM_ARRAY_COUNT(roles); i++) {
        if (sm_slice_equal(word, sm_slice_of(roles[i].word)))
            return begin_role(file, roles[i].role, rest);
    }
    if (sm_slice_equal(word, SM_SLICE("minimum")))
        return set_minimum(file, rest);
    if (sm_slice_equal(word, SM_SLICE("if")) || sm_slice_equal(word, SM_SLICE("unless")))
        return set_condition(file, rest, word.size == 2);
    if (sm_slice_equal(word, SM_SLICE("each")) && sm_slice_equal(rest, SM_SLICE("chunk"))) {
        file->next.each_chunk = true;
        return SM_OK;
    }
    if (sm_slice_equal(word, SM_SLICE("ok")) && file->statement != NULL)
        return add_ok_error(file, rest);
    return refuse(file, file->line, "this says nothing here: @", word);
}

static bool begins_with(struct sm_slice text, struct sm_slice start)
{
    return text.size >= start.size && memcmp(text.data, start.data, start.size) == 0;
}

static enum sm_status take_line(struct file *file, struct sm_slice line)
{
    bool is_comment = begins_with(line, SM_SLICE("--"));

    if (line.size == 0)
        return SM_OK;
    if (!is_comment)
        return take_sql(file, line);
    if (file->from != NULL)
        return refuse(file, file->line, "a comment inside of a statement, or no ';' at its end:",
                      line);
    if (!begins_with(line, SM_SLICE("-- @")))
        return SM_OK;
    if (file->role != ROLE_NONE)
        return refuse(file, file->line, "the SQL of what is said before is missing", SM_SLICE_NONE);
    return take_directive(file, trimmed((struct sm_slice){ line.data + 4, line.size - 4 }));
}

static enum sm_status take_end(const struct file *file)
{
    if (file->from != NULL)
        return refuse(file, file->from_line, "no ';' ends the SQL that begins here", SM_SLICE_NONE);
    if (file->role != ROLE_NONE || file->next.has_condition || file->next.each_chunk)
        return refuse(file, file->line, "the SQL of what is said last is missing", SM_SLICE_NONE);
    if (file->out->count == 0)
        return refuse(file, file->line, "there is no statement", SM_SLICE_NONE);
    return SM_OK;
}

enum sm_status sm__template_read(const struct sm_template_text *source, struct sm_arena *arena,
                                 struct sm__template *out, struct sm_err *err)
{
    struct sm_slice text = source->text;
    struct file file = { .source = source, .arena = arena, .out = out, .line = 1, .err = err };
    enum sm_status status = SM_OK;

    *out = (struct sm__template){ .count = 0 };
    out->statements = sm_arena_zalloc(arena, STATEMENTS_MAX, sizeof(*out->statements));
    if (out->statements == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_OS, "%s: no memory for it", source->path);
    for (size_t at = 0, size; status == SM_OK && at < text.size; at += size + 1) {
        const uint8_t *end = memchr(text.data + at, '\n', text.size - at);

        size = end == NULL ? text.size - at : (size_t)(end - text.data) - at;
        status = take_line(&file, trimmed((struct sm_slice){ text.data + at, size }));
        file.line++;
    }
    return status == SM_OK ? take_end(&file) : status;
}
