#ifndef SM_DOMAIN_REJECTION_H
#define SM_DOMAIN_REJECTION_H
/* Why a record can never be admitted as it is: a stable code, the field and the value at fault.
 *
 * Codes are an interface: dashboards, alerts and retries name them. They are never renamed. The
 * README's table of codes is printed from this list. */
#include "base/err.h"
#include "base/slice.h"

/* X(enumerator, code, meaning) */
#define SM_REJECTION_LIST(X) \
    X(SM_CODE_NONE, "", "admitted") \
    X(SM_CODE_VALUE_MISSING, "VALUE_MISSING", "the record has a null value (a tombstone)") \
    X(SM_CODE_VALUE_TOO_LARGE, "VALUE_TOO_LARGE", "the record's value, key or headers are over the limit") \
    X(SM_CODE_FORMAT_UNKNOWN, "FORMAT_UNKNOWN", "the value is none of the wire formats") \
    X(SM_CODE_JSON_INVALID, "JSON_INVALID", "the value is not JSON that PostgreSQL's jsonb can keep") \
    X(SM_CODE_AVRO_INVALID, "AVRO_INVALID", "the value is not the Avro that its schema describes") \
    X(SM_CODE_SCHEMA_UNKNOWN, "SCHEMA_UNKNOWN", "the value names an Avro schema that nobody knows") \
    X(SM_CODE_SCHEMA_INCOMPATIBLE, "SCHEMA_INCOMPATIBLE", "the value's Avro schema is no schema of events, or cannot be read as one") \
    X(SM_CODE_ATTRIBUTE_MISSING, "ATTRIBUTE_MISSING", "a required CloudEvents attribute is not there") \
    X(SM_CODE_ATTRIBUTE_INVALID, "ATTRIBUTE_INVALID", "a CloudEvents attribute has a value it cannot have") \
    X(SM_CODE_TYPE_UNKNOWN, "TYPE_UNKNOWN", "this version does not know the event type") \
    X(SM_CODE_TOPIC_WRONG, "TOPIC_WRONG", "the event type belongs on the other topic") \
    X(SM_CODE_KEY_MISMATCH, "KEY_MISMATCH", "the record's key is not the event's subject") \
    X(SM_CODE_TIME_AHEAD, "TIME_AHEAD", "the event's time is too far ahead of the record's timestamp") \
    X(SM_CODE_FIELD_MISSING, "FIELD_MISSING", "a required field of the data is not there") \
    X(SM_CODE_FIELD_UNKNOWN, "FIELD_UNKNOWN", "the data has a field that the event type does not have") \
    X(SM_CODE_FIELD_TYPE, "FIELD_TYPE", "a field has a value of the wrong JSON type") \
    X(SM_CODE_FIELD_RANGE, "FIELD_RANGE", "a field's number or text is outside its range or pattern") \
    X(SM_CODE_FIELD_LENGTH, "FIELD_LENGTH", "a field's text is too long") \
    X(SM_CODE_FIELD_ENUM, "FIELD_ENUM", "a field's text is not one of those allowed") \
    X(SM_CODE_DATA_EMPTY, "DATA_EMPTY", "the event changes nothing: none of its fields was sent") \
    X(SM_CODE_EVENT_ID_CONFLICT, "EVENT_ID_CONFLICT", "the event id is in the log with other content") \
    X(SM_CODE_VERSION_CONFLICT, "VERSION_CONFLICT", "the stream is not at the expected version") \
    X(SM_CODE_CLIENT_EXISTS, "CLIENT_EXISTS", "the client is registered already") \
    X(SM_CODE_CLIENT_ARCHIVED, "CLIENT_ARCHIVED", "the client is archived and takes only a re-activation") \
    X(SM_CODE_ORGANIZATION_TAKEN, "ORGANIZATION_TAKEN", "the organization id belongs to another client") \
    X(SM_CODE_TENANT_MODE_DIFFERS, "TENANT_MODE_DIFFERS", "confirmed was another tenant mode than is set") \
    X(SM_CODE_TENANT_NOT_WAITING, "TENANT_NOT_WAITING", "the tenant does not wait for an approval, or for a retry") \
    X(SM_CODE_TENANT_NOT_ABORTABLE, "TENANT_NOT_ABORTABLE", "nothing of the tenant is under way that could be undone") \
    X(SM_CODE_TENANT_NOT_ARCHIVED, "TENANT_NOT_ARCHIVED", "only a tenant whose data are archived can be dropped") \
    X(SM_CODE_TENANT_STEP_DIFFERS, "TENANT_STEP_DIFFERS", "the tenant is at another step or command than the one that was looked at") \
    X(SM_CODE_TIME_ZONE_UNKNOWN, "TIME_ZONE_UNKNOWN", "PostgreSQL does not know the time zone") \
    X(SM_CODE_COUNTS_DISAGREE, "COUNTS_DISAGREE", "the counts of a batch do not add up") \
    X(SM_CODE_BATCH_EXISTS, "BATCH_EXISTS", "a batch of this id was started before") \
    X(SM_CODE_BATCH_UNKNOWN, "BATCH_UNKNOWN", "no batch of this id was started") \
    X(SM_CODE_BATCH_ENDED, "BATCH_ENDED", "the batch has ended before") \
    X(SM_CODE_RUN_NOT_ACTIVE, "RUN_NOT_ACTIVE", "no BOM explosion of the client is running") \
    X(SM_CODE_NOTHING_ACTIVE, "NOTHING_ACTIVE", "there is no active version to deactivate") \
    X(SM_CODE_PARKED_EXPIRED, "PARKED_EXPIRED", "it waited longer than allowed for what it rests on") \
    X(SM_CODE_STATE_NEWER, "STATE_NEWER", "retried, it would replace a newer version of its stream") \
    X(SM_CODE_PROCESS_DIED, "PROCESS_DIED", "the program died of this record, again and again") \
    X(SM_CODE_STORE_REFUSED, "STORE_REFUSED", "PostgreSQL refuses the row")

enum sm_rejection_code {
#define SM_REJECTION_ENUM(name, code, meaning) name,
    SM_REJECTION_LIST(SM_REJECTION_ENUM)
#undef SM_REJECTION_ENUM
    SM_REJECTION_COUNT
};

#define SM_REJECTION_FIELD_SIZE 64
#define SM_REJECTION_VALUE_SIZE 128
#define SM_REJECTION_REASON_SIZE 256
struct sm_rejection {
    enum sm_rejection_code code;
    char field[SM_REJECTION_FIELD_SIZE]; /* e.g. "data.config.alpha", "time"; "" if none */
    char value[SM_REJECTION_VALUE_SIZE]; /* what was sent, valid UTF-8, cut with "..." if longer */
    char reason[SM_REJECTION_REASON_SIZE]; /* a sentence with what was expected */
};

const char *sm_rejection_code_name(enum sm_rejection_code code);
const char *sm_rejection_code_meaning(enum sm_rejection_code code);
/* Fills `out`; `value` is cut to fit at a character's border, invalid bytes become '?'. */
void sm_reject(struct sm_rejection *out, enum sm_rejection_code code, const char *field,
               struct sm_slice value, const char *format, ...) SM_PRINTF(5, 6);
#endif
