#ifndef SIM_ORACLE_H
#define SIM_ORACLE_H
/* What must be in the database, worked out anew from the catalogue (design section 5) by arrays and
 * loops. It shares no code with the program: it links neither domain nor codec nor engine, and
 * reads events in the generator's form, never their bytes.
 *
 * It is told in which order records were committed (the ledger's rows in the order of commits,
 * within a row by offset; of a row that releases, what it released in the order of parking) and
 * says for each record what it must have become: a fact with this
 * version, time and data; a duplicate; parked for this; a rejection with this code. Then it
 * compares.
 * At the end nothing may wait whose turn has come. */
#include "sim/history.h"
#include "sim/memory_rows.h"

struct sim_oracle_input {
    const struct sim_history *history;
    struct memory_broker *broker; /* offsets to records; read only */
    const struct memory_rows *rows;
    bool feature_known[8]; /* by number in the pool: what the reference table is seeded with */
    int64_t time_ahead_max_us;
    bool verbose; /* prints every record with what it became and what it must be */
};
struct sim_oracle_report {
    const char *law; /* NULL: all is as it must be */
    char text[512];
    /* Records by what became of them; of those parked, what they became in the end. */
    uint64_t facts, lines, duplicates, rejected, lost;
    uint64_t types[SIM_TYPE_COUNT]; /* facts and lines, by type */
    uint64_t retried, refused_again, expired, died, too_late; /* of operators' requests */
    uint64_t parked, released, waiting;
};
/* True if everything is as it must be. */
bool sim_oracle_check(const struct sim_oracle_input *input, struct sim_oracle_report *report);
#endif
