#ifndef SM_DOMAIN_PRIV_H
#define SM_DOMAIN_PRIV_H
/* What the files of the domain share and nobody else sees. */
#include "base/json.h"
#include "domain/data.h"
#include "domain/event.h"
#include "domain/rejection.h"

/* Names by enumerator, each list ended by NULL, so that field tables can point at them. */
extern const char *const sm__client_status_names[];
extern const char *const sm__tenant_mode_names[];

/* ---- text.c: what a text may hold ---- */

/* Copies valid UTF-8 into `out`, terminated: what is longer is cut at a character's border and ends
 * in "...", invalid bytes and NUL become '?'. `out_size` is at least 4. */
void sm__text_show(struct sm_slice text, char *out, size_t out_size);
/* True if valid UTF-8 without control characters; of `multiline` text, \n and \t are none. */
bool sm__text_is_plain(struct sm_slice text, bool multiline);
bool sm__text_longer_than(struct sm_slice text, size_t chars_max);
bool sm__text_is_organization_id(struct sm_slice text);
bool sm__text_is_feature_type(struct sm_slice text);
bool sm__text_is_email(struct sm_slice text);

/* ---- words.c: sentences put together without printf ---- */

struct sm__words {
    char text[SM_REJECTION_REASON_SIZE]; /* terminated; what does not fit is left out */
    size_t size;
};
void sm__words_add(struct sm__words *words, const char *text);
void sm__words_add_slice(struct sm__words *words, struct sm_slice text);
void sm__words_add_number(struct sm__words *words, uint64_t number);

/* ---- rejection.c ---- */

/* Refuses the value `node` (NULL: none was sent) of the field `path.name`: the sentence says what
 * it is and what was expected. */
void sm__reject_node(struct sm_rejection *out, enum sm_rejection_code code, struct sm__words *path,
                     const struct sm_json *node, const char *expected);

/* ---- fields.c ---- */

/* What a field takes, in words. */
void sm__field_expected(const struct sm_field *field, struct sm__words *words);

/* ---- feature_config.c ---- */

/* Checks `config` (an object) by the rules of the feature type. False with *out filled. */
bool sm__feature_config_check(struct sm_slice feature_type, const struct sm_json *config,
                              struct sm_rejection *out);

/* ---- data.c, judge.c, replay.c: reading data by its type's table ---- */

struct sm__reading {
    struct sm_event *event;
    const struct sm_field *fields;
    size_t count;
    const struct sm_json *nodes[SM_VALUES_MAX]; /* by field; NULL: not sent */
    uint8_t order[SM_VALUES_MAX]; /* fields that were sent, in jsonb's order of names */
    size_t sent;
    struct sm_arena *arena;
    struct sm_rejection *rejection;
};

/* True for a type whose fields stay as they are when they are not sent, so that null is something
 * else than absence, and an event without fields is an error. */
bool sm__data_is_patch(enum sm_event_type type);
/* Judges `data` (NULL: none) whole and notes its members. False with *reading->rejection filled. */
bool sm__data_judge(struct sm__reading *reading, const struct sm_json *data);
/* Index of the field of that name; reading->count if there is none. */
size_t sm__data_find_field(const struct sm__reading *reading, struct sm_slice name);
/* The key of the stream that the event belongs to; its values are filled. */
struct sm_slice sm__data_key(const struct sm_event *event);

/* ---- object.c: canonical text of an object ---- */

struct sm__member {
    struct sm_slice name; /* needs no escapes */
    struct sm_slice text; /* canonical JSON */
};
/* `members` are in jsonb's order of names. False when the arena is too small. */
bool sm__object_join(const struct sm__member *members, size_t count, struct sm_arena *arena,
                     struct sm_slice *out);
/* The canonical text of a JSON string. False when the arena is too small. */
bool sm__string_text(struct sm_slice text, struct sm_arena *arena, struct sm_slice *out);
#endif
