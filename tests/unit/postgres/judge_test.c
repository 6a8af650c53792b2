/* Every SQLSTATE that the store may meet, and what it means. */
#include "postgres/judge.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct expectation {
    const char *sqlstate;
    const char *constraint;
    enum sm_status first; /* while the store has never worked */
    enum sm_status proven; /* later */
    enum sm_conflict conflict;
};

static const struct expectation table[] = {
    /* ours */
    { "SM001", NULL, SM_FENCED, SM_FENCED, 0 },
    { "SM002", NULL, SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_VERSION },
    { "SM003", NULL, SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_GENERATION },
    { "SM004", NULL, SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_UNIQUE },
    { "SM005", NULL, SM_FATAL, SM_FATAL, 0 },
    { "23505", "outbox_sequence", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_UNIQUE },
    /* unique constraints */
    { "23505", "events_once", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_UNIQUE },
    { "23505", "events_once_102008", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_UNIQUE },
    { "23505", "events_history", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_VERSION },
    { "23505", "heads_pkey", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_VERSION },
    { "23505", "clients_organization", SM_CONFLICT, SM_CONFLICT, SM_CONFLICT_UNIQUE },
    { "23505", "ingest_ledger_pkey", SM_FATAL, SM_FATAL, 0 },
    { "23514", "ingest_ledger_adds_up", SM_FATAL, SM_FATAL, 0 },
    { "23505", "dead_letters_position", SM_FATAL, SM_FATAL, 0 },
    { "23505", "an_operators_own", SM_REJECT, SM_REJECT, 0 },
    { "23505", NULL, SM_REJECT, SM_REJECT, 0 },
    /* rows that PostgreSQL refuses */
    { "22001", NULL, SM_REJECT, SM_REJECT, 0 },
    { "22003", NULL, SM_REJECT, SM_REJECT, 0 },
    { "22008", NULL, SM_REJECT, SM_REJECT, 0 },
    { "22021", NULL, SM_REJECT, SM_REJECT, 0 },
    { "22P02", NULL, SM_REJECT, SM_REJECT, 0 },
    { "22P05", NULL, SM_REJECT, SM_REJECT, 0 },
    { "23502", NULL, SM_REJECT, SM_REJECT, 0 },
    { "23503", "to_clients", SM_REJECT, SM_REJECT, 0 },
    { "23514", "positive", SM_REJECT, SM_REJECT, 0 },
    { "23P01", "apart", SM_REJECT, SM_REJECT, 0 },
    { "54000", NULL, SM_REJECT, SM_REJECT, 0 },
    { "54001", NULL, SM_REJECT, SM_REJECT, 0 },
    { "P0001", NULL, SM_REJECT, SM_REJECT, 0 },
    /* what passes */
    { "08006", NULL, SM_RETRY, SM_RETRY, 0 },
    { "25006", NULL, SM_RETRY, SM_RETRY, 0 },
    { "25P02", NULL, SM_RETRY, SM_RETRY, 0 },
    { "25P03", NULL, SM_RETRY, SM_RETRY, 0 },
    { "26000", NULL, SM_RETRY, SM_RETRY, 0 },
    { "40001", NULL, SM_RETRY, SM_RETRY, 0 },
    { "40P01", NULL, SM_RETRY, SM_RETRY, 0 },
    { "53100", NULL, SM_RETRY, SM_RETRY, 0 },
    { "53200", NULL, SM_RETRY, SM_RETRY, 0 },
    { "53300", NULL, SM_RETRY, SM_RETRY, 0 },
    { "55006", NULL, SM_RETRY, SM_RETRY, 0 },
    { "55P03", NULL, SM_RETRY, SM_RETRY, 0 },
    { "57014", NULL, SM_RETRY, SM_RETRY, 0 },
    { "57P01", NULL, SM_RETRY, SM_RETRY, 0 },
    { "57P02", NULL, SM_RETRY, SM_RETRY, 0 },
    { "57P03", NULL, SM_RETRY, SM_RETRY, 0 },
    { "57P04", NULL, SM_RETRY, SM_RETRY, 0 },
    { "58030", NULL, SM_RETRY, SM_RETRY, 0 },
    { "0A000", NULL, SM_RETRY, SM_RETRY, 0 },
    { "XX000", NULL, SM_RETRY, SM_RETRY, 0 },
    { "XX001", NULL, SM_RETRY, SM_RETRY, 0 },
    { "", NULL, SM_RETRY, SM_RETRY, 0 },
    /* wrong configuration, or a restore under way */
    { "28000", NULL, SM_FATAL, SM_RETRY, 0 },
    { "28P01", NULL, SM_FATAL, SM_RETRY, 0 },
    { "3D000", NULL, SM_FATAL, SM_RETRY, 0 },
    { "3F000", NULL, SM_FATAL, SM_RETRY, 0 },
    { "42501", NULL, SM_FATAL, SM_RETRY, 0 },
    { "42P01", NULL, SM_FATAL, SM_RETRY, 0 },
    { "42883", NULL, SM_FATAL, SM_RETRY, 0 },
};

static void every_state_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < SM_ARRAY_COUNT(table); i++) {
        const struct expectation *row = &table[i];
        struct sm__judgement first = sm__judge(row->sqlstate, row->constraint, false);
        struct sm__judgement proven = sm__judge(row->sqlstate, row->constraint, true);

        if (first.status != row->first || proven.status != row->proven)
            fail_msg("%s %s: %s, then %s", row->sqlstate, row->constraint,
                     sm_status_name(first.status), sm_status_name(proven.status));
        if (first.status == SM_CONFLICT)
            assert_int_equal(first.conflict, row->conflict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(every_state_has_its_meaning) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
