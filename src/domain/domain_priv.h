#ifndef SM_DOMAIN_PRIV_H
#define SM_DOMAIN_PRIV_H
/* What the files of the domain share and nobody else sees. */
#include "base/json.h"
#include "domain/data.h"
#include "domain/event.h"
#include "domain/feature_config.h"
#include "domain/rejection.h"
#include "domain/client.h"
#include "domain/row.h"

/* Names by enumerator, each list ended by NULL, so that field tables can point at them. */
extern const char *const sm__client_status_names[];
extern const char *const sm__tenant_mode_names[];
extern const char *const sm__tenant_step_names[]; /* from the first step, not SM_STEP_NONE */
extern const char *const sm__schedule_kind_names[];

/* ---- text.c: what a text may hold ---- */

/* The index of the name in a list that NULL ends. */
bool sm__name_find(const char *const *names, struct sm_slice name, unsigned *out);
/* Copies valid UTF-8 into `out`, terminated: what is longer is cut at a character's border and ends
 * in "...", invalid bytes and NUL become '?'. `out_size` is at least 4. */
void sm__text_show(struct sm_slice text, char *out, size_t out_size);
/* True if valid UTF-8 without control characters; of `multiline` text, \n and \t are none. */
bool sm__text_is_plain(struct sm_slice text, bool multiline);
bool sm__text_longer_than(struct sm_slice text, size_t chars_max);
bool sm__text_is_organization_id(struct sm_slice text);
bool sm__text_is_feature_type(struct sm_slice text);
bool sm__text_is_email(struct sm_slice text);
bool sm__text_is_batch_id(struct sm_slice text);
bool sm__text_is_uuid(struct sm_slice text);
bool sm__text_is_time_of_day(struct sm_slice text);
bool sm__text_is_time_zone(struct sm_slice text); /* by its characters */

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

/* ---- feature_config.c, config_rules.c ---- */

/* Checks `config` (an object) by the rules of the feature type. False with *out filled. */
bool sm__feature_config_check(struct sm_slice feature_type, const struct sm_json *config,
                              struct sm_rejection *out);

/* A rule of feature_type.defined's config_rules applied to `config`, as the built-in ones are. */
bool sm__config_rule_check(const struct sm_config_rule *rule, const struct sm_json *config,
                           struct sm_rejection *out);
/* Judges config_rules itself: {"key": {"type": word of SM_CONFIG_WORDS, "required": bool}, ...}. */
bool sm__config_rules_judge(const struct sm_json *rules, struct sm_rejection *out);
/* Judges the canonical `config` by canonical `rules`. The arena is given back; one that is too
 * small counts as a config that is too large. */
bool sm__config_rules_check(struct sm_slice rules, struct sm_slice config, struct sm_arena *arena,
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
/* What the fields of a schedule, or a batch's counts, say together. */
bool sm__schedule_judge(const struct sm__reading *reading);
bool sm__batch_judge(const struct sm__reading *reading);
bool sm__field_refuse(const struct sm__reading *reading, enum sm_rejection_code code,
                      size_t index, const char *expected);
/* The key of the stream that the event belongs to; its values are filled. */
struct sm_slice sm__data_key(const struct sm_event *event);

/* ---- project_row.c, previous.c ---- */

void sm__project_row(struct sm_row *row, const struct sm_event *event, int64_t created_at);

/* ---- tenant_life.c: what an event of the client's stream makes of its tenant ---- */

/* The client is as the event has left it. Slices point into the event or the old state. */
void sm__tenant_project(struct sm_client *client, const struct sm_event *event, int64_t created_at);

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
bool sm__integer_text(int64_t integer, struct sm_arena *arena, struct sm_slice *out);
#endif
