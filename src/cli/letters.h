#ifndef SM_CLI_LETTERS_H
#define SM_CLI_LETTERS_H
/* What the files of `dead-letters` share: how dead letters are told. */
#include "cli/text_table.h"
#include "codec/report.h"
#include "postgres/letters.h"

/* The members of a dead letter that `list` and `show` have in common, into the open object. */
void sm__letters_report(const struct sm_letter_view *letter, struct sm_report *report);

/* The list: counts by code first, then dead letters, the oldest first. */
struct sm__letters_list {
    struct sm__text_table table, codes;
    struct sm_report *report; /* of --json; else NULL */
    int64_t shown;
};
SM_MUST_CHECK bool sm__letters_list_init(struct sm__letters_list *list, bool json);
void sm__letters_list_deinit(struct sm__letters_list *list);
void sm__letters_list_code(void *list, struct sm_slice code, int64_t count);
void sm__letters_list_add(void *list, const struct sm_letter_view *letter);
SM_MUST_CHECK bool sm__letters_list_append(struct sm__letters_list *list, int64_t total,
                                           struct sm_buf *out);

/* All about one: first the letter, then what was asked for of it, then the end. */
struct sm__letters_show {
    struct sm_buf *out;
    struct sm_report *report; /* of --json; else NULL */
    int64_t attempts;
};
void sm__letters_show_letter(void *show, const struct sm_letter_view *letter);
void sm__letters_show_attempt(void *show, const struct sm_letter_attempt *attempt);

/* One record as a line of JSON, on standard output. `failed` (bool) tells of memory. */
void sm__letters_export(void *failed, const struct sm_letter_view *letter);
#endif
