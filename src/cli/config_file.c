/* The file that --config names: lines `name = value`, comments that begin with #, empty lines. */
#include <ctype.h>
#include <errno.h>

#include "cli/cli_priv.h"

/* The whole file, terminated, in memory that the caller frees. NULL: err says why. */
static char *read_whole(const char *path, struct sm_err *err)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t size;

    if (file == NULL) {
        (void)sm_err_set(err, SM_FATAL, SM_FROM_OS,
                         "cannot open the file %s that --config names: %s", path, strerror(errno));
        return NULL;
    }
    text = malloc(SM_CONFIG_FILE_SIZE_MAX + 1);
    size = text != NULL ? fread(text, 1, SM_CONFIG_FILE_SIZE_MAX + 1, file) : 0;
    if (text == NULL || ferror(file) || size > SM_CONFIG_FILE_SIZE_MAX ||
        memchr(text, '\0', size) != NULL) {
        (void)sm_err_set(
            err, SM_FATAL, SM_FROM_OS,
            "cannot read the file %s that --config names: it is no text of at most %d bytes", path,
            SM_CONFIG_FILE_SIZE_MAX);
        free(text);
        text = NULL;
    } else {
        text[size] = '\0';
    }
    (void)fclose(file);
    return text;
}

static char *trim(char *text)
{
    size_t size;

    while (isspace((unsigned char)*text))
        text++;
    size = strlen(text);
    while (size > 0 && isspace((unsigned char)text[size - 1]))
        size--;
    text[size] = '\0';
    return text;
}

static enum sm_status unknown_key(const char *name, const struct sm__place *place,
                                  struct sm_err *err)
{
    const struct sm_option *like = sm__option_like(name, strlen(name));

    return sm_err_set(err, SM_FATAL, SM_FROM_NONE, "%s:%u: there is no option \"%.60s\"%s%s",
                      place->file, place->line, name, like != NULL ? "; hint: did you mean " : "",
                      like != NULL ? like->name : "");
}

/* The file cannot name another one, and asking for help is nothing to be kept in a file. */
static bool belongs_in_file(const struct sm_option *option)
{
    return option != &sm_option_table[SM_OPTION_CONFIG] &&
           option != &sm_option_table[SM_OPTION_HELP];
}

static enum sm_status read_line(struct sm_options *options, char *line,
                                const struct sm__place *place, struct sm_err *err)
{
    const struct sm_option *option;
    char *equals, *name;

    line = trim(line);
    if (line[0] == '\0' || line[0] == '#')
        return SM_OK;
    equals = strchr(line, '=');
    if (equals == NULL)
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE,
                          "%s:%u: \"%.60s\" is not a line of the form name = value", place->file,
                          place->line, line);
    *equals = '\0';
    name = trim(line);
    option = sm__option_find(name, strlen(name));
    if (option == NULL)
        return unknown_key(name, place, err);
    if (!belongs_in_file(option))
        return sm_err_set(err, SM_FATAL, SM_FROM_NONE,
                          "%s:%u: the option %s cannot stand in a file", place->file, place->line,
                          option->name);
    return sm__option_set(options, option, trim(equals + 1), place, err);
}

enum sm_status sm__config_file_read(struct sm_options *options, const char *path,
                                    struct sm_err *err)
{
    struct sm__place place = {.origin = SM_BY_FILE, .file = path, .line = 0};
    char *text = read_whole(path, err);

    if (text == NULL)
        return SM_FATAL;
    options->owned[0] = text;
    for (char *line = text, *next; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        place.line++;
        if (read_line(options, line, &place, err) != SM_OK)
            return SM_FATAL;
    }
    return SM_OK;
}
