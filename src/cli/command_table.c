/* The commands, in the order of `help`. */
#include "cli/command.h"

const struct sm_command_info sm_command_table[SM_COMMAND_COUNT] = {
    [SM_COMMAND_RUN] =
        {.operand = "",
         .summary = "consume events from Kafka into PostgreSQL, exactly once, until SIGTERM",
         .description =
             "Brings the database's schema up to date, joins the consumer group and works until "
             "SIGTERM or SIGINT; then it finishes what is under way and ends with exit code 0. A "
             "second signal, half a second later or more, ends it at once. Start as many as there "
             "are partitions: they share them. What cannot be admitted goes to the table "
             "dead_letters with the reason; while Kafka or PostgreSQL is away it waits, and "
             "nothing is skipped.",
         .run = sm_command_run},
    [SM_COMMAND_MIGRATE] =
        {.operand = "",
         .summary =
             "bring the database's schema up to date, and with --topics create missing topics",
         .description =
             "Applies the migrations that the database has not seen yet and prints which. With "
             "--topics it also creates the topics that are missing, with unlimited retention. It "
             "never changes a topic that exists, but says when its settings would lose history.",
         .run = sm_command_migrate},
    [SM_COMMAND_EMIT] =
        {.operand = " [FILE|-]",
         .summary = "send events to Kafka, one JSON object a line",
         .description =
             "Each line is one CloudEvents 1.0 event in JSON. A missing specversion, id (UUIDv7), "
             "time, source and actor are filled in, and the subject of global types, which is the "
             "nil UUID; numbers keep the bytes they are written with. "
             "Every line is checked by the rules that need no state; a line that breaks one is "
             "named on standard error with field and value, nothing of it is sent, the others are, "
             "and the exit code is 1. The topic follows from the event's type, the key is its "
             "subject. Where a registry is set, events are sent as Avro by the schema that it has "
             "for the topic, which is registered if it is missing; else as Avro in single-object "
             "encoding. `--format` says otherwise.",
         .run = sm_command_emit},
    [SM_COMMAND_STATUS] =
        {.operand = "",
         .summary = "print positions, counts and lag of every partition",
         .description =
             "Counts and positions are what PostgreSQL has committed; lag is counted against the "
             "end of the partition as the broker tells it now. What cannot be known at the moment "
             "is printed as unknown (null in JSON), never as 0.",
         .run = sm_command_status},
    [SM_COMMAND_LAG] =
        {.operand = "",
         .summary = "tell how far behind every partition is, in time and records, and why",
         .description =
             "Asks PostgreSQL for positions and Kafka for ends and for the first record that is "
             "not processed, whose age is what a partition is behind by. Each partition has a "
             "state with its evidence and a next step: idle, current, catching_up, "
             "falling_behind, stalled, paused, fenced, stopped, unassigned or unknown. What "
             "cannot be known is unknown (null in JSON), never 0. With --check: one line for "
             "monitoring.",
         .run = sm_command_lag},
    [SM_COMMAND_VERIFY] =
        {.operand = "",
         .summary = "prove that the tables are what the log says, and that no offset is missing",
         .description =
             "Projects the whole log again and compares heads and tables with it, row by row; "
             "computes the ledger's chain of digests again; counts every offset's rows. Reads one "
             "snapshot, changes nothing, and may run beside live traffic. With --gaps it reads "
             "every gap between offsets again from Kafka.",
         .run = sm_command_verify},
    [SM_COMMAND_REPLAY] =
        {.operand = " rebuild|clean",
         .summary = "project the log again: make tables what it says they are",
         .description =
             "`rebuild` finds, beside writers that go on, what differs from what the log says "
             "(--client, --org, --table, --type: only there), prints it as verify does, and then "
             "applies it as plain rows in one short transaction, which every `run` goes on after "
             "by itself; it is kept in the table repairs with --actor and --reason. --dry-run "
             "stops before that (exit code 1 if something differs). Nothing is published, and the "
             "log is not touched. Interrupted, it goes on where it was when it is started again "
             "with the same options; `clean` removes what one that was given up has left. It needs "
             "the role that owns the tables.",
         .run = sm_command_replay},
    [SM_COMMAND_SCHEMAS] =
        {.operand = " list|register|check [FILE]",
         .summary = "put the Avro schemas of events into the registry, and check new ones",
         .description =
             "Each topic's schemas are the versions of the registry's subject TOPIC-value. `list` "
             "prints those that the registry has beside those that ship with the program, with "
             "ids and fingerprints. `register` puts in what is missing and gives a subject that "
             "has no compatibility rule BACKWARD_TRANSITIVE; done again it changes nothing. "
             "`check` tells whether a schema, from FILE (- for standard input) or else our latest "
             "ones, may be the next version: whether it reads all that our versions write, and, "
             "with --registry, what the registry's own rule says. If not, the exit code is 1.",
         .run = sm_command_schemas},
    [SM_COMMAND_PARKED] =
        {.operand = " list|show|expire [ID]",
         .summary = "tell which events wait, for what, and since when; let some wait no longer",
         .description =
             "An event that came before what it rests on (its client, its configuration's "
             "confirmation, a feature type or data type) waits until that is there, and then goes "
             "on by itself. `list` prints those that wait, the oldest first; `show` prints all "
             "about one, by the number that `list` gives it: position, headers, payload, and what "
             "became of it. `expire`, with an ID, filters or --all (and --reason, --actor), "
             "asks `run` to let events wait no longer: they become dead letters (PARKED_EXPIRED), "
             "and what waited behind them goes on.",
         .run = sm_command_parked},
    [SM_COMMAND_DEAD_LETTERS] =
        {.operand = " list|show|retry|discard|export [ID]",
         .summary = "tell what was refused and why; try it again, or close it",
         .description =
             "`list` prints dead letters, the oldest first, and counts them by code; `show` prints "
             "all about one, with its bytes and what was asked for of it; `export` prints the "
             "original records, one JSON object a line. `retry`, with an ID, filters or --all, and "
             "an --actor, asks the `run` that owns the partition to judge the original bytes by "
             "today's rules, waits for it (--wait) and prints what became of each; never over "
             "newer state of the same stream unless --force. `discard` closes for good and needs a "
             "--reason. Nothing is deleted.",
         .run = sm_command_dead_letters},
    [SM_COMMAND_TENANTS] =
        {.operand = " list|show|approve|retry|abort|drop|plan|... [CLIENT]",
         .summary = "tell where each client's tables are in their life, and decide what waits",
         .description =
             "`list` prints each tenant's state, what it waits for and since when; `show` prints "
             "all about one, by its client id or organization id: its events, its commands with "
             "their statements, what was acknowledged, and what comes next. `approve` (a step that "
             "destroys data), `retry` (a step that failed, or whose command got lost), `abort` "
             "(what moves data) and `drop` (of an archived client) send an event to the config "
             "topic, with --actor and --reason, that `run` judges. `plan` prints the SQL that a "
             "migration (--org, --from, --to) or another --saga would run; it asks nobody. "
             "`export-sql` prints every statement of every command so far.",
         .run = sm_command_tenants},
    [SM_COMMAND_ERASE_CLIENT] =
        {.operand = " CLIENT",
         .summary = "have a client's personal data erased, by an event",
         .description =
             "Sends client.erased to the config topic. The `run` that consumes it replaces the "
             "client's contact fields, and what the log, dead letters, parked events and log lines "
             "hold of them, by a mark; hashes and versions stay, so `verify` stays whole. What "
             "cannot be reached is printed: the topics' own records, and backups.",
         .run = sm_command_erase_client},
    [SM_COMMAND_IMPORT] =
        {.operand = "",
         .summary = "send the rows of an earlier installation's database as events",
         .description =
             "Reads the tables that the database named by --from has of those that secretmagic "
             "keeps (clients, feature_configs and so on; columns that are missing are left out) in "
             "one snapshot, and sends what would have made them: a version of a configuration "
             "under its own id, with its time and author; registrations, confirmations, schedules, "
             "batches, runs, features, log lines. Ids follow from the rows, so that it may be run "
             "again: what is there already is a duplicate. Clients that are archived are so last "
             "of all, when `run` has consumed the rest. The old audit_log is not imported; "
             "versions are counted within each stream. With --dry-run the events are printed "
             "instead.",
         .run = sm_command_import},
    [SM_COMMAND_HELP] =
        {.operand = " [COMMAND|events]",
         .summary = "print what the commands, options and events are",
         .description =
             "`help events` prints the catalogue: every event type with its fields, what events "
             "refer to and wait for, the keys of feature configurations, and the codes of "
             "refusals. With --markdown the argument is a table of the README: options, "
             "exit-codes, events, references, waits, configs or codes. --man prints the manual "
             "page, --completion a shell's script.",
         .run = sm_command_help},
    [SM_COMMAND_VERSION] =
        {.operand = "",
         .summary = "print the versions of the program and of the libraries it runs with",
         .description = "Prints one line for each.",
         .run = sm_command_version},
};
