#ifndef SM_DOMAIN_ERASURE_H
#define SM_DOMAIN_ERASURE_H
/* Erasure of a client's personal data: what is replaced, and by what.
 *
 * `client.erased` is a fact like others. Projected, it clears contact_email and contact_phone. The
 * store then replaces, in the same transaction, what rows of before still hold: in the client's
 * own log rows those two fields of `data` and `previous` (where they hold text) by the mark; of its
 * dead letters and of its parked events that are not waiting the record's value and headers; of
 * dead letters also what is quoted of the record (value, reason, the detail of requests); of its
 * lines in processing_logs message, error and context. Hashes, chain, versions and counts stay: the
 * chain covers data through the content hash, and dead letters and parked records through their
 * values' hashes. Replayed, the mark is a text like others, so a fold over erased rows equals what
 * is kept.
 *
 *   mark = "erased:" + id of the client.erased event */
#include "domain/event.h"

#define SM_ERASED_PREFIX "erased:"
#define SM_ERASED_MARK_SIZE (sizeof(SM_ERASED_PREFIX) - 1 + SM_UUID_TEXT_SIZE)

/* Writes the mark of this erasure, terminated. */
void sm_erasure_mark(const struct sm_uuid *event_id, char out[SM_ERASED_MARK_SIZE + 1]);
bool sm_text_is_erasure_mark(struct sm_slice text);
/* Does the event's data hold a mark, so that its content hash is of what was there before? */
bool sm_event_is_erased(const struct sm_event *event);
#endif
