/* The table of options. Order is the order of --help and of the README. */
#include "base/limits.h"
#include "cli/options.h"
#include "codec/command_wire.h"
#include "domain/wait.h"

#define MS     INT64_C(1000)
#define SECOND (1000 * MS)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define KIB    INT64_C(1024)
#define MIB    (1024 * KIB)

#define RUN     (1u << SM_COMMAND_RUN)
#define MIGRATE (1u << SM_COMMAND_MIGRATE)
#define EMIT    (1u << SM_COMMAND_EMIT)
#define STATUS  (1u << SM_COMMAND_STATUS)
#define LAG     (1u << SM_COMMAND_LAG)
#define VERIFY  (1u << SM_COMMAND_VERIFY)
#define REPLAY  (1u << SM_COMMAND_REPLAY)
#define SCHEMAS (1u << SM_COMMAND_SCHEMAS)
#define PARKED  (1u << SM_COMMAND_PARKED)
#define LETTERS (1u << SM_COMMAND_DEAD_LETTERS)
#define ERASE   (1u << SM_COMMAND_ERASE_CLIENT)
#define TENANTS (1u << SM_COMMAND_TENANTS)
#define IMPORT  (1u << SM_COMMAND_IMPORT)
#define HELP    (1u << SM_COMMAND_HELP)
#define VERSION (1u << SM_COMMAND_VERSION)
#define BROKERS (RUN | MIGRATE | EMIT | STATUS | LAG | VERIFY | TENANTS | ERASE | IMPORT)
#define WORKING (BROKERS | REPLAY | SCHEMAS | PARKED | LETTERS)
/* Those that ask a schema registry. */
#define REGISTRY (RUN | EMIT | SCHEMAS)
#define ALL     (WORKING | HELP | VERSION)

#define TEXT_SIZE_MAX 4096
/* Kafka's own limit is 249 bytes for a topic's name, ours ends in ".processing.events" at most. */
#define TOPIC_PREFIX_SIZE_MAX 200
#define NAME_LETTERS          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
#define NAME_WORDS            "letters, digits, '.', '_' and '-'"

static const char *const lost_choices[] = {"stop", "continue", NULL};
static const char *const only_choices[] = {
    [SM_ONLY_ALL] = "all", [SM_ONLY_RELAY] = "relay", NULL};
static const char *const without_choices[] = {
    [SM_WITHOUT_NOTHING] = "nothing", [SM_WITHOUT_RELAY] = "relay", NULL};
static const char *const format_choices[] = {[SM_FORMAT_AVRO] = "avro",
                                             [SM_FORMAT_SINGLE_OBJECT] = "single-object",
                                             [SM_FORMAT_JSON] = "json",
                                             NULL};
static const char *const shell_choices[] = {
    [SM_SHELL_BASH] = "bash", [SM_SHELL_ZSH] = "zsh", NULL};
static const char *const level_choices[] = {"debug", "info", "warn", "error", NULL};
static const char *const state_choices[] = {"open", "retried", "discarded", "all", NULL};
static const char *const command_format_choices[] = {
    [SM_COMMAND_JSON] = "json", [SM_COMMAND_AVRO] = "avro", NULL};
static const char *const mode_choices[] = {[SM_TENANT_PREFIXED_TABLES] = "prefixed_tables",
                                           [SM_TENANT_DEDICATED_DB] = "dedicated_db",
                                           [SM_TENANT_SHARED] = "shared",
                                           NULL};
#define TENANT_CHOICE(name, text, words) text,
/* By enum sm_tenant_state; by enum sm_tenant_saga without the first. */
static const char *const tenant_state_choices[] = {SM_TENANT_STATE_LIST(TENANT_CHOICE) NULL};
static const char *const saga_choices[] = {SM_TENANT_SAGA_LIST(TENANT_CHOICE) NULL};
#undef TENANT_CHOICE
/* By enum sm_wait_for. */
static const char *const wait_choices[] = {
#define WAIT_CHOICE(name, text, words) text,
    SM_WAIT_LIST(WAIT_CHOICE)
#undef WAIT_CHOICE
        NULL};

// clang-format off
const struct sm_option sm_option_table[SM_OPTION_COUNT] = {
    [SM_OPTION_CONFIG] = {
        .name = "config", .type = SM_OPTION_TEXT, .value_name = "FILE",
        .min = 1, .max = TEXT_SIZE_MAX, .commands = WORKING,
        .help = "read options from FILE: lines `name = value`, and comments that begin with #" },
    [SM_OPTION_BROKERS] = {
        .name = "brokers", .type = SM_OPTION_TEXT, .value_name = "HOST:PORT,...",
        .fallback = "localhost:9092", .min = 1, .max = TEXT_SIZE_MAX, .commands = BROKERS,
        .help = "Kafka brokers to ask first" },
    [SM_OPTION_DATABASE] = {
        .name = "database", .type = SM_OPTION_TEXT, .value_name = "CONNECTION", .fallback = "",
        .min = 0, .max = TEXT_SIZE_MAX, .secret = true,
        .commands = RUN | MIGRATE | STATUS | LAG | VERIFY | REPLAY | PARKED | LETTERS | TENANTS |
                    IMPORT,
        .help = "PostgreSQL, as a libpq connection string or URI; what it leaves out comes from "
                "libpq's own variables (PGHOST, PGPASSFILE, ...)" },
    [SM_OPTION_REGISTRY] = {
        .name = "registry", .type = SM_OPTION_TEXT, .value_name = "URL", .min = 1, .max = 2048,
        .secret = true, .commands = REGISTRY,
        .help = "schema registry with the Confluent API, for Avro with Confluent framing; with the "
                "path before /schemas (Apicurio's is /apis/ccompat/v7)" },
    [SM_OPTION_REGISTRY_USER] = {
        .name = "registry-user", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = REGISTRY,
        .help = "user for basic authentication at the schema registry" },
    [SM_OPTION_REGISTRY_PASSWORD] = {
        .name = "registry-password", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 0,
        .max = TEXT_SIZE_MAX, .secret = true, .commands = REGISTRY,
        .help = "that user's password; rather give it in the environment or in the file of "
                "--config, since everybody on the machine can read a command line" },
    [SM_OPTION_REGISTRY_TOKEN] = {
        .name = "registry-token", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1,
        .max = 16 * KIB, .secret = true, .commands = REGISTRY,
        .help = "bearer token for the schema registry, in place of user and password" },
    [SM_OPTION_REGISTRY_CA] = {
        .name = "registry-ca", .type = SM_OPTION_TEXT, .value_name = "FILE", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = REGISTRY,
        .help = "PEM file of the only authorities that may have signed the schema registry's "
                "certificate; without: the system's" },
    [SM_OPTION_REGISTRY_CERTIFICATE] = {
        .name = "registry-certificate", .type = SM_OPTION_TEXT, .value_name = "FILE", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = REGISTRY,
        .help = "PEM file of the certificate to show to a schema registry that asks for one" },
    [SM_OPTION_REGISTRY_KEY] = {
        .name = "registry-key", .type = SM_OPTION_TEXT, .value_name = "FILE", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = REGISTRY,
        .help = "PEM file of that certificate's key, without a passphrase; without: it is in the "
                "certificate's file" },
    [SM_OPTION_REGISTRY_TIMEOUT] = {
        .name = "registry-timeout", .type = SM_OPTION_DURATION, .value_name = "TIME",
        .fallback = "10s", .min = 100 * MS, .max = 5 * MINUTE, .commands = REGISTRY,
        .help = "how long one answer of the schema registry may take; `run` asks again for ever" },
    [SM_OPTION_TOPIC_PREFIX] = {
        .name = "topic-prefix", .type = SM_OPTION_TEXT, .value_name = "TEXT",
        .fallback = "secretmagic.", .min = 0, .max = TOPIC_PREFIX_SIZE_MAX,
        .alphabet = NAME_LETTERS, .alphabet_words = NAME_WORDS, .commands = WORKING,
        .help = "topics are TEXTconfig.events and TEXTprocessing.events" },
    [SM_OPTION_KAFKA_PROPERTY] = {
        .name = "kafka-property", .letter = 'X', .type = SM_OPTION_PROPERTY,
        .value_name = "NAME=VALUE", .secret = true, .commands = BROKERS,
        .help = "any librdkafka property; may be given many times (in the environment variable "
                "separated by ';')" },
    [SM_OPTION_TIMEOUT] = {
        .name = "timeout", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "30s",
        .min = 100 * MS, .max = HOUR,
        .commands = MIGRATE | EMIT | STATUS | LAG | VERIFY | REPLAY | PARKED | LETTERS | TENANTS |
                    ERASE | IMPORT,
        .help = "how long to wait for an answer of Kafka or PostgreSQL before giving up" },
    [SM_OPTION_GROUP] = {
        .name = "group", .type = SM_OPTION_TEXT, .value_name = "TEXT", .fallback = "secretmagic",
        .min = 1, .max = 200, .commands = RUN,
        .help = "consumer group; its offsets are told for lag tools only, PostgreSQL has the "
                "truth" },
    [SM_OPTION_INSTANCE_ID] = {
        .name = "instance-id", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1, .max = 200,
        .alphabet = NAME_LETTERS, .alphabet_words = NAME_WORDS, .commands = RUN,
        .help = "static membership (group.instance.id): a restart within the session timeout "
                "keeps its partitions; unique per instance" },
    [SM_OPTION_SESSION_TIMEOUT] = {
        .name = "session-timeout", .type = SM_OPTION_DURATION, .value_name = "TIME",
        .fallback = "10s", .min = 500 * MS, .max = 30 * MINUTE, .commands = RUN,
        .help = "after this time without a sign of life another instance takes over; the broker "
                "has bounds of its own (6s to 30m by default)" },
    [SM_OPTION_WRITERS] = {
        .name = "writers", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "2", .min = 1,
        .max = SM_LANES_MAX, .commands = RUN,
        .help = "connections that write to PostgreSQL at once, each for its share of the "
                "partitions" },
    [SM_OPTION_BATCH_RECORDS] = {
        .name = "batch-records", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "2000",
        .min = 1, .max = SM_BATCH_RECORDS_MAX, .commands = RUN,
        .help = "most records in one transaction; none waits for a batch to fill" },
    [SM_OPTION_BATCH_BYTES] = {
        .name = "batch-bytes", .type = SM_OPTION_SIZE, .value_name = "SIZE", .fallback = "5MiB",
        .min = 5 * MIB, .max = 256 * MIB, .commands = RUN,
        .help = "most bytes of records in one transaction, and of what they decode to" },
    [SM_OPTION_CACHE_STREAMS] = {
        .name = "cache-streams", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "65536",
        .min = 16, .max = 4194304, .commands = RUN,
        .help = "stream heads kept in memory, shared out to the writers" },
    [SM_OPTION_CACHE_CLIENTS] = {
        .name = "cache-clients", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "16384",
        .min = 16, .max = 4194304, .commands = RUN,
        .help = "clients kept in memory, shared out to the writers" },
    [SM_OPTION_TIME_AHEAD] = {
        .name = "time-ahead", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "1h",
        .min = 0, .max = 3650 * DAY, .commands = RUN,
        .help = "how far an event's time may lie ahead of its record's timestamp; one further "
                "ahead is rejected with TIME_AHEAD" },
    [SM_OPTION_LOGS_RETENTION] = {
        .name = "logs-retention", .type = SM_OPTION_DURATION, .value_name = "TIME",
        .fallback = "30d", .min = 0, .max = 36500 * DAY, .commands = RUN,
        .help = "how long lines of processing_logs are kept, by their timestamp; 0: for ever" },
    [SM_OPTION_COMMAND_FORMAT] = {
        .name = "command-format", .type = SM_OPTION_CHOICE, .value_name = "FORMAT",
        .fallback = "json", .choices = command_format_choices, .commands = RUN,
        .help = "how tenants' commands are written: as CloudEvents JSON, or as Avro in the framing "
                "of schema registries, by the one of --registry" },
    [SM_OPTION_TEMPLATES] = {
        .name = "templates", .type = SM_OPTION_TEXT, .value_name = "DIR", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = RUN | TENANTS,
        .help = "folder of templates of StarRocks SQL that take the place of those in "
                "sql/starrocks, each by its name" },
    [SM_OPTION_STARROCKS_COLUMNS] = {
        .name = "starrocks-columns", .type = SM_OPTION_TEXT, .value_name = "LIST",
        .fallback = "name VARCHAR(255), payload JSON", .min = 0, .max = TEXT_SIZE_MAX,
        .commands = RUN | TENANTS,
        .help = "columns of feature tables besides feature_id, event_date, version, updated_at" },
    [SM_OPTION_STARROCKS_TABLES_DATABASE] = {
        .name = "starrocks-tables-database", .type = SM_OPTION_TEXT, .value_name = "NAME",
        .fallback = "features_common", .min = 1, .max = 63, .commands = RUN | TENANTS,
        .help = "database of the tables of prefixed_tables" },
    [SM_OPTION_STARROCKS_SHARED_DATABASE] = {
        .name = "starrocks-shared-database", .type = SM_OPTION_TEXT, .value_name = "NAME",
        .fallback = "features_shared", .min = 1, .max = 63, .commands = RUN | TENANTS,
        .help = "database of the table of shared" },
    [SM_OPTION_STARROCKS_REPLICATION] = {
        .name = "starrocks-replication", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "3", .min = 1, .max = 100, .commands = RUN | TENANTS,
        .help = "copies of each tablet" },
    [SM_OPTION_STARROCKS_BUCKETS] = {
        .name = "starrocks-buckets", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "4", .min = 1, .max = 1024, .commands = RUN | TENANTS,
        .help = "buckets of each partition" },
    [SM_OPTION_STARROCKS_CHUNKS] = {
        .name = "starrocks-chunks", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "16", .min = 1, .max = 256, .commands = RUN | TENANTS,
        .help = "tasks into which the copy of a migration is cut" },
    [SM_OPTION_STARROCKS_DATA_QUOTA] = {
        .name = "starrocks-data-quota", .type = SM_OPTION_TEXT, .value_name = "SIZE",
        .fallback = "100GB", .min = 0, .max = 20, .commands = RUN | TENANTS,
        .help = "most data in a dedicated database, in B, KB, MB, GB, TB or PB; empty: no quota" },
    [SM_OPTION_STARROCKS_REPLICA_QUOTA] = {
        .name = "starrocks-replica-quota", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "20000", .min = 0, .max = INT64_MAX, .commands = RUN | TENANTS,
        .help = "most tablet copies in a dedicated database; 0: no quota" },
    [SM_OPTION_STARROCKS_CPU_WEIGHT] = {
        .name = "starrocks-cpu-weight", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "4", .min = 0, .max = 1000, .commands = RUN | TENANTS,
        .help = "weight of a dedicated database's resource group; 0: it has no group" },
    [SM_OPTION_STARROCKS_MEMORY_LIMIT] = {
        .name = "starrocks-memory-limit", .type = SM_OPTION_TEXT, .value_name = "PART",
        .fallback = "20%", .min = 2, .max = 4, .commands = RUN | TENANTS,
        .help = "most memory of that group, as a part of the cluster's" },
    [SM_OPTION_STARROCKS_CONCURRENCY_LIMIT] = {
        .name = "starrocks-concurrency-limit", .type = SM_OPTION_INTEGER, .value_name = "N",
        .fallback = "16", .min = 1, .max = 100000, .commands = RUN | TENANTS,
        .help = "most queries of that group at once" },
    [SM_OPTION_STARROCKS_STORAGE_VOLUME] = {
        .name = "starrocks-storage-volume", .type = SM_OPTION_TEXT, .value_name = "NAME",
        .fallback = "", .min = 0, .max = 63, .commands = RUN | TENANTS,
        .help = "storage volume of dedicated databases, in shared-data clusters; empty: the "
                "cluster's default" },
    [SM_OPTION_STARROCKS_ARCHIVE_PATH] = {
        .name = "starrocks-archive-path", .type = SM_OPTION_TEXT, .value_name = "PATH",
        .fallback = "s3://secretmagic-archive", .min = 1, .max = 1024, .commands = RUN | TENANTS,
        .help = "where data of archived clients are copied to, by the cluster's own credentials" },
    [SM_OPTION_ON_LOST] = {
        .name = "on-lost", .type = SM_OPTION_CHOICE, .value_name = "WHAT", .fallback = "stop",
        .choices = lost_choices, .commands = RUN,
        .help = "what to do with a partition whose records Kafka deleted before we read them: stop "
                "it, or continue and record them as lost; a topic that was made anew stops it in "
                "any case" },
    [SM_OPTION_RETRY_MAX] = {
        .name = "retry-max", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "5s",
        .min = 100 * MS, .max = 10 * MINUTE, .commands = RUN,
        .help = "longest pause between two tries while PostgreSQL is away; it never gives up" },
    [SM_OPTION_STOP_TIMEOUT] = {
        .name = "stop-timeout", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "5s",
        .min = 100 * MS, .max = 5 * MINUTE, .commands = RUN,
        .help = "how long transactions under way may take to finish on SIGTERM or when partitions "
                "move; then they are abandoned, and done again by the next owner" },
    [SM_OPTION_WATCHDOG] = {
        .name = "watchdog", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "60s",
        .min = 0, .max = HOUR, .commands = RUN,
        .help = "when one step of the work takes longer the process ends itself by SIGALRM; a "
                "record that does so again and again becomes a dead letter (PROCESS_DIED); 0: "
                "never" },
    [SM_OPTION_UNTIL_IDLE] = {
        .name = "until-idle", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = RUN,
        .help = "end when everything that was on the topics at start is committed" },
    [SM_OPTION_ONLY] = {
        .name = "only", .type = SM_OPTION_CHOICE, .value_name = "PART", .fallback = "all",
        .choices = only_choices, .commands = RUN,
        .help = "what this process does: all, or only the relay, which publishes the commands that "
                "others have decided" },
    [SM_OPTION_WITHOUT] = {
        .name = "without", .type = SM_OPTION_CHOICE, .value_name = "PART", .fallback = "nothing",
        .choices = without_choices, .commands = RUN,
        .help = "what this process leaves to others: nothing, or the relay; of all relays of a "
                "database one at a time publishes" },
    [SM_OPTION_HTTP] = {
        .name = "http", .type = SM_OPTION_TEXT, .value_name = "ADDRESS:PORT", .min = 1, .max = 80,
        .commands = RUN,
        .help = "serve the dashboard, /metrics for Prometheus, JSON below /api/v1, /livez and "
                "/readyz at this loopback address (127.0.0.1, [::1] or localhost); without: "
                "nothing is served" },
    [SM_OPTION_PROGRESS] = {
        .name = "progress", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "10s",
        .min = 100 * MS, .max = HOUR, .commands = RUN,
        .help = "least time between two lines that tell the progress" },
    [SM_OPTION_HEAD_FILE] = {
        .name = "head-file", .type = SM_OPTION_TEXT, .value_name = "FILE", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = RUN,
        .help = "add to FILE, now and then, where the ledger's chains end: verify can be told to "
                "hold the ledger against it, so keep it where the database's owner cannot write" },
    [SM_OPTION_HEAD_INTERVAL] = {
        .name = "head-interval", .type = SM_OPTION_DURATION, .value_name = "TIME",
        .fallback = "10m", .min = 100 * MS, .max = DAY, .commands = RUN,
        .help = "least time between two additions to --head-file" },
    [SM_OPTION_TOPICS] = {
        .name = "topics", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = MIGRATE,
        .help = "create the topics that are missing, too; one that exists is never changed" },
    [SM_OPTION_PARTITIONS] = {
        .name = "partitions", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "4",
        .min = 1, .max = SM_PARTITIONS_MAX / SM_TOPICS_MAX, .commands = MIGRATE,
        .help = "partitions of a topic that --topics creates" },
    [SM_OPTION_REPLICATION] = {
        .name = "replication", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "1",
        .min = 1, .max = 100, .commands = MIGRATE,
        .help = "copies of each partition of a topic that --topics creates; 3 in production" },
    [SM_OPTION_SOURCE] = {
        .name = "source", .type = SM_OPTION_TEXT, .value_name = "URI",
        .fallback = "urn:secretmagic:emit", .min = 1, .max = 255,
        .commands = EMIT | TENANTS | ERASE,
        .help = "the source of events that name none" },
    [SM_OPTION_ACTOR] = {
        .name = "actor", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1, .max = 400,
        .commands = EMIT | REPLAY | PARKED | LETTERS | TENANTS | ERASE,
        .help = "the actor of events that name none (emit, erase-client); who asks, which retry, "
                "discard, expire, tenants and replay keep" },
    [SM_OPTION_FORMAT] = {
        .name = "format", .type = SM_OPTION_CHOICE, .value_name = "FORMAT", .fallback = "avro",
        .choices = format_choices, .commands = EMIT,
        .help = "how events are sent: as Avro in the framing of schema registries, by the one of "
                "--registry; as Avro in single-object encoding, which needs none and is the "
                "default without --registry; or as CloudEvents JSON. Lines are JSON in any case, "
                "and --dry-run prints JSON" },
    [SM_OPTION_DRY_RUN] = {
        .name = "dry-run", .type = SM_OPTION_BOOLEAN, .fallback = "false",
        .commands = EMIT | IMPORT | REPLAY,
        .help = "check all lines, send nothing, and print what would be sent; of replay: tell what "
                "differs, and change nothing" },
    [SM_OPTION_VERBOSE] = {
        .name = "verbose", .type = SM_OPTION_BOOLEAN, .fallback = "false",
        .commands = EMIT | IMPORT,
        .help = "print a line for each acknowledged event: topic, partition, offset, id" },
    [SM_OPTION_GAPS] = {
        .name = "gaps", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = VERIFY,
        .help = "read every gap between offsets again from Kafka, and name data that was never "
                "seen" },
    [SM_OPTION_CONTENT] = {
        .name = "content", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = VERIFY,
        .help = "print one line in place of the table: how many events there are, and a digest of "
                "what they say, for two installations to compare" },
    [SM_OPTION_HEAD] = {
        .name = "head", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = VERIFY,
        .help = "print one line and verify nothing: a digest of where the ledger's chains end, "
                "which no earlier row can be changed without" },
    [SM_OPTION_AGAINST] = {
        .name = "against", .type = SM_OPTION_TEXT, .value_name = "FILE", .min = 1,
        .max = TEXT_SIZE_MAX, .commands = VERIFY,
        .help = "hold the ledger against the ends of its chains that run wrote to FILE "
                "(--head-file): a chain that was made anew is found by them" },
    [SM_OPTION_DIFFERENCES] = {
        .name = "differences", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "10",
        .min = 0, .max = 1000000, .commands = VERIFY | REPLAY,
        .help = "most differences printed for each table; all are counted" },
    [SM_OPTION_CLIENT] = {
        .name = "client", .type = SM_OPTION_TEXT, .value_name = "UUID", .min = 1, .max = 36,
        .commands = PARKED | LETTERS | TENANTS | REPLAY,
        .help = "only events of this client; of tenants and replay: only this one" },
    [SM_OPTION_TYPE] = {
        .name = "type", .type = SM_OPTION_TEXT, .value_name = "TYPE", .min = 1, .max = 100,
        .commands = PARKED | LETTERS | REPLAY,
        .help = "only events of this type; of replay: streams that it belongs to" },
    [SM_OPTION_TABLE] = {
        .name = "table", .type = SM_OPTION_TEXT, .value_name = "TABLE", .min = 1, .max = 63,
        .commands = REPLAY,
        .help = "only this table: heads, clients (with tenants), batches, bom_explosion_status, "
                "feature_metadata, data_types or feature_types" },
    [SM_OPTION_WAITS_FOR] = {
        .name = "waits-for", .type = SM_OPTION_CHOICE, .value_name = "WHAT",
        .choices = wait_choices, .commands = PARKED,
        .help = "only events that wait for this" },
    [SM_OPTION_TOPIC] = {
        .name = "topic", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1, .max = 249,
        .commands = PARKED | LETTERS,
        .help = "only events of this topic: config, processing, or any topic by its full name" },
    [SM_OPTION_CODE] = {
        .name = "code", .type = SM_OPTION_TEXT, .value_name = "CODE", .min = 1, .max = 40,
        .commands = LETTERS,
        .help = "only dead letters with this code" },
    [SM_OPTION_STATE] = {
        .name = "state", .type = SM_OPTION_CHOICE, .value_name = "STATE", .fallback = "open",
        .choices = state_choices, .commands = LETTERS,
        .help = "only dead letters in this state" },
    [SM_OPTION_OLDER_THAN] = {
        .name = "older-than", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "0",
        .min = 0, .max = 36500 * DAY, .commands = PARKED | LETTERS,
        .help = "only events that have waited, or were refused, for longer" },
    [SM_OPTION_LIMIT] = {
        .name = "limit", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "50",
        .min = 1, .max = 1000000, .commands = PARKED | LETTERS,
        .help = "most events listed; all that match are counted" },
    [SM_OPTION_ALL] = {
        .name = "all", .type = SM_OPTION_BOOLEAN, .fallback = "false",
        .commands = PARKED | LETTERS,
        .help = "without a number and a filter: retry, discard or expire all there are" },
    [SM_OPTION_FORCE] = {
        .name = "force", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = LETTERS,
        .help = "retry also over newer state of the same stream; the audit says `forced`" },
    [SM_OPTION_REASON] = {
        .name = "reason", .type = SM_OPTION_TEXT, .value_name = "TEXT", .min = 1, .max = 4000,
        .commands = PARKED | LETTERS | TENANTS | ERASE | REPLAY,
        .help = "why, which discard, expire, erase-client and tenants must be told and keep; "
                "replay keeps it if it is told" },
    [SM_OPTION_WAIT] = {
        .name = "wait", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "30s",
        .min = 0, .max = DAY, .commands = PARKED | LETTERS,
        .help = "how long retry and expire wait for `run` to do what they ask for; it stands "
                "afterwards, too" },
    [SM_OPTION_FROM] = {
        .name = "from", .type = SM_OPTION_TEXT, .value_name = "WHERE", .min = 1,
        .max = TEXT_SIZE_MAX, .secret = true, .commands = TENANTS | IMPORT,
        .help = "the database to import, as a libpq connection string or URI; of tenants plan: the "
                "tenant mode that the data are in" },
    [SM_OPTION_TO] = {
        .name = "to", .type = SM_OPTION_CHOICE, .value_name = "MODE", .choices = mode_choices,
        .commands = TENANTS, .help = "with tenants plan: the tenant mode to be reached" },
    [SM_OPTION_ORG] = {
        .name = "org", .type = SM_OPTION_TEXT, .value_name = "ID", .min = 1, .max = 40,
        .alphabet = "abcdefghijklmnopqrstuvwxyz0123456789_",
        .alphabet_words = "small letters, digits and '_'",
        .commands = TENANTS | REPLAY,
        .help = "only the tenant of this organization; with tenants plan: whose names to use" },
    [SM_OPTION_TENANT_STATE] = {
        .name = "tenant-state", .type = SM_OPTION_CHOICE, .value_name = "STATE",
        .choices = tenant_state_choices, .commands = TENANTS,
        .help = "only tenants in this state" },
    [SM_OPTION_SAGA] = {
        .name = "saga", .type = SM_OPTION_CHOICE, .value_name = "SAGA", .choices = saga_choices,
        .commands = TENANTS,
        .help = "with tenants plan: what is to be done; without: migrate if --from is given, else "
                "provision" },
    [SM_OPTION_STUCK_AFTER] = {
        .name = "stuck-after", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "1h",
        .min = SECOND, .max = 365 * DAY, .commands = TENANTS,
        .help = "a step whose command was not acknowledged for so long is told to be stuck" },
    [SM_OPTION_SCHEMA] = {
        .name = "schema", .type = SM_OPTION_TEXT, .value_name = "NAME", .fallback = "public",
        .min = 1, .max = 63, .commands = IMPORT,
        .help = "where in that database its tables are" },
    [SM_OPTION_TIMEZONE] = {
        .name = "timezone", .type = SM_OPTION_TEXT, .value_name = "NAME", .fallback = "UTC",
        .min = 1, .max = 64, .commands = IMPORT,
        .help = "whose local time the times in that database are that have no zone (TIMESTAMP)" },
    [SM_OPTION_WINDOW] = {
        .name = "window", .type = SM_OPTION_DURATION, .value_name = "TIME", .fallback = "6s",
        .min = 0, .max = HOUR, .commands = LAG,
        .help = "how long to look at what is behind before it is told: rates and directions need "
                "two looks; what is not behind is told at once" },
    [SM_OPTION_WATCH] = {
        .name = "watch", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = LAG,
        .help = "look again each second and print anew, until SIGINT or SIGTERM" },
    [SM_OPTION_CHECK] = {
        .name = "check", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = LAG,
        .help = "print one line, and end as plug-ins of monitoring do: 0 well, 1 warning, "
                "2 critical, 3 unknown" },
    [SM_OPTION_MAX_SECONDS] = {
        .name = "max-seconds", .type = SM_OPTION_INTEGER, .value_name = "N", .fallback = "60",
        .min = 0, .max = 1000000000, .commands = LAG,
        .help = "with --check: behind by more seconds, in any partition, is critical" },
    [SM_OPTION_MAX_RECORDS] = {
        .name = "max-records", .type = SM_OPTION_INTEGER, .value_name = "N",
        .min = 0, .max = INT64_MAX, .commands = LAG,
        .help = "with --check: behind by more records, all partitions together, is critical; "
                "without: any number will do" },
    [SM_OPTION_JSON] = {
        .name = "json", .type = SM_OPTION_BOOLEAN, .fallback = "false",
        .commands = STATUS | LAG | VERIFY | SCHEMAS | PARKED | LETTERS | TENANTS | VERSION,
        .help = "print one JSON document instead of text" },
    [SM_OPTION_MARKDOWN] = {
        .name = "markdown", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = HELP,
        .help = "print a table of the README: options, exit-codes, events, references, waits, "
                "configs or codes" },
    [SM_OPTION_MAN] = {
        .name = "man", .type = SM_OPTION_BOOLEAN, .fallback = "false", .commands = HELP,
        .help = "print the manual page secretmagic(1)" },
    [SM_OPTION_COMPLETION] = {
        .name = "completion", .type = SM_OPTION_CHOICE, .value_name = "SHELL",
        .choices = shell_choices, .commands = HELP,
        .help = "print the completion script of a shell" },
    [SM_OPTION_LOG_LEVEL] = {
        .name = "log-level", .type = SM_OPTION_CHOICE, .value_name = "LEVEL", .fallback = "info",
        .choices = level_choices, .commands = WORKING,
        .help = "least level of the lines on standard error" },
    [SM_OPTION_HELP] = {
        .name = "help", .letter = 'h', .type = SM_OPTION_BOOLEAN, .fallback = "false",
        .commands = ALL,
        .help = "print the command's options" },
};
// clang-format on

static const char *const command_names[SM_COMMAND_COUNT] = {
    [SM_COMMAND_RUN] = "run",
    [SM_COMMAND_MIGRATE] = "migrate",
    [SM_COMMAND_EMIT] = "emit",
    [SM_COMMAND_STATUS] = "status",
    [SM_COMMAND_LAG] = "lag",
    [SM_COMMAND_VERIFY] = "verify",
    [SM_COMMAND_REPLAY] = "replay",
    [SM_COMMAND_SCHEMAS] = "schemas",
    [SM_COMMAND_PARKED] = "parked",
    [SM_COMMAND_DEAD_LETTERS] = "dead-letters",
    [SM_COMMAND_TENANTS] = "tenants",
    [SM_COMMAND_ERASE_CLIENT] = "erase-client",
    [SM_COMMAND_IMPORT] = "import",
    [SM_COMMAND_HELP] = "help",
    [SM_COMMAND_VERSION] = "version",
};

const char *sm_command_name(enum sm_command command)
{
    return command_names[command];
}

bool sm_command_find(const char *name, enum sm_command *out)
{
    for (unsigned i = 0; i < SM_COMMAND_COUNT; i++) {
        if (strcmp(command_names[i], name) == 0) {
            *out = (enum sm_command)i;
            return true;
        }
    }
    return false;
}
