# shellcheck shell=bash
# shellcheck disable=SC2154  # names of scripts/bench and lib/common.sh
# What scripts/bench measures with: its stack, loads, databases, one drain, one COPY.
#
# A measurement is a list of lines `name value`; take_values puts them into the array V.

PROGRAM=$ROOT/build/secretmagic
HELPERS=$ROOT/build/tests/bench
TEMPLATE=bench_template
PARTITIONS=4

note() { printf 'bench: %s\n' "$*" >&2; }

declare -A V
# take_values [PREFIX] <lines
take_values() {
    local name value
    while read -r name value; do V[${1:-}$name]=$value; done
}

# calculate EXPRESSION [FORMAT]: awk's arithmetic, for what is not a whole number.
calculate() { awk "BEGIN { printf \"${2:-%.3f}\", $1 }"; }

# --- the machine -----------------------------------------------------------------------------------

# Ticks that all processors have spent working since the machine was started.
busy_ticks() { awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 + $9; exit }' /proc/stat; }

# Percent of all processors that somebody else uses: a figure from a busy machine proves little.
look_around() {
    local before=0
    before=$(busy_ticks)
    sleep 2
    BUSY_BEFORE=$(calculate "($(busy_ticks) - $before) * 100 / 2 / $(getconf CLK_TCK) / $(nproc)" %.0f)
    ((BUSY_BEFORE < 10)) || warn "this machine is $BUSY_BEFORE % busy with something else: the figures will be worse than they could be"
}

# --- the stack -------------------------------------------------------------------------------------

# Made anew: what a benchmark before it has left behind would be part of the result.
start_stack() {
    note "starting a stack in ${STACK#"$ROOT"/}"
    mkdir -p -- "$(dirname -- "$STACK")"
    lock_file "$STACK.lock"
    "$ROOT/scripts/stack" destroy --dir "$STACK" >/dev/null 2>&1 || true
    "$ROOT/scripts/stack" up "${STACK_SERVICES[@]}" --dir "$STACK" >"$LOG" 2>&1 || { cat "$LOG" >&2 && exit 1; }
    unset "${!SECRETMAGIC_@}" # options that the caller has set would be part of the result, too
    eval "$("$ROOT/scripts/stack" env --dir "$STACK")"
    REGISTRY=${SECRETMAGIC_REGISTRY:-} # for those drains alone that need it
    unset SECRETMAGIC_REGISTRY
    SERVER=${SECRETMAGIC_DATABASE% dbname=*}
    export SECRETMAGIC_LOG_LEVEL=warn
    sql postgres "CREATE DATABASE $TEMPLATE"
    "$PROGRAM" migrate --database "$(database $TEMPLATE)" >"$LOG" 2>&1 || { cat "$LOG" >&2 && exit 1; }
}

database() { printf '%s dbname=%s\n' "$SERVER" "$1"; }

# sql DATABASE TEXT: its answer, bare.
sql() { PGOPTIONS='-c client_min_messages=warning' psql -XqAt -F ' ' -v ON_ERROR_STOP=1 -d "$(database "$1")" -c "$2"; }

# A database with the schema and no rows. The checkpoint gives every measurement the same start: the
# first write to a page after one costs a copy of the page in the WAL.
fresh_database() {
    sql postgres "DROP DATABASE IF EXISTS $1 WITH (FORCE)"
    sql postgres "CREATE DATABASE $1 TEMPLATE $TEMPLATE"
    sql postgres CHECKPOINT
}

drop_database() { sql postgres "DROP DATABASE IF EXISTS $1 WITH (FORCE)"; }

# Microseconds of processor time that service $1 has used, its ended children included. A session that
# has just been closed is given a moment to end, as its time is nobody's until its parent knows.
service_cpu() {
    local main_pid ticks
    sleep 0.3
    read -r main_pid _ <"$STACK/$1/pid"
    # utime and stime of all; of the main process also what it has inherited from children that ended.
    ticks=$(cat "/proc/$main_pid/stat" $(children_stat "$main_pid") 2>/dev/null |
        awk -v main="$main_pid" '{ sub(/^.*\) /, "", $0); sum += $12 + $13; if (NR == 1) sum += $14 + $15 }
            END { print sum }')
    echo $((ticks * (1000000 / $(getconf CLK_TCK))))
}

children_stat() {
    local pid
    for pid in $(pgrep -P "$1"); do echo "/proc/$pid/stat"; done
}

# --- loads -----------------------------------------------------------------------------------------

# make_load NAME EVENTS [generator's options]: topics with that prefix, filled once. Sets LOADED[NAME]
# to the number of records.
declare -A LOADED
make_load() {
    local name=$1 events=$2
    shift 2
    [[ ! ${LOADED[$name]:-} ]] || return 0
    "$PROGRAM" migrate --topics --partitions "$PARTITIONS" --topic-prefix "bench.$name." \
        --database "$(database $TEMPLATE)" >"$LOG" 2>&1 || { cat "$LOG" >&2 && exit 1; }
    add_load "$name" "$events" "$@"
}

# schema_ids NAME: what bench_load --avro takes, for the topics of that load.
schema_ids() {
    "$PROGRAM" schemas register --json --topic-prefix "bench.$1." --registry "$REGISTRY" |
        /usr/bin/python3 -c 'import json, sys
ids = {row["name"]: row["id"] for row in json.load(sys.stdin)["schemas"]}
print(ids["ConfigEvent"], ids["ProcessingEvent"], sep=",")'
}

add_load() {
    local name=$1 events=$2
    shift 2
    take_values load_ < <("$HELPERS/bench_load" --brokers "$SECRETMAGIC_BROKERS" \
        --prefix "bench.$name." --events "$events" --clients "$CLIENTS" "$@")
    [[ ${V[load_sent]:-} ]] || fail "the load $name was not made" "the lines above tell why"
    note "$(printf 'load %s: %s events of %.0f bytes at %s/s' "$name" "${V[load_sent]}" \
        "${V[load_value_bytes]}" "${V[load_per_second]}")"
    LOADED[$name]=$((${LOADED[$name]:-0} + V[load_sent]))
    V[load_sent]=
}

# --- one drain, one COPY -----------------------------------------------------------------------------

GROUPS_USED=0
# program_options LOAD DATABASE: how the program is called, with a group that nobody has used.
program_options() {
    GROUPS_USED=$((GROUPS_USED + 1))
    RUN=("$PROGRAM" run --database "$(database "$2")" --topic-prefix "bench.$1." --group "bench-$GROUPS_USED")
    [[ $1 != avro ]] || RUN+=(--registry "$REGISTRY")
}

# A figure from a wrong result means nothing: every record must be an event in the log, or a log line,
# and nothing may wait any more.
check_result() {
    local found
    found=$(sql "$2" 'SELECT coalesce(sum(consumed), 0), coalesce(sum(appended + logged), 0),
        coalesce(sum(parked - resolved), 0) FROM consumer_offsets')
    [[ $found == "${LOADED[$1]} ${LOADED[$1]} 0" ]] ||
        fail "of ${LOADED[$1]} records of bench.$1 (consumed, in the log, waiting) are $found" \
            "look at the dead letters: scripts/bench --keep, then SELECT code, reason FROM dead_letters"
    V[drain_parked]=$(sql "$2" 'SELECT coalesce(sum(parked), 0) FROM consumer_offsets')
}

# drain LOAD DATABASE WRITERS: from the start of the process to its end. Sets V[drain_…].
drain() {
    local wal postgres kafka busy
    program_options "$1" "$2"
    wal=$(wal_bytes)
    busy=$(busy_ticks)
    postgres=$(service_cpu postgres)
    kafka=$(service_cpu kafka)
    take_values drain_ < <("$HELPERS/bench_run" -- "${RUN[@]}" --writers "$3" --until-idle 2>"$LOG") || true
    busy=$(($(busy_ticks) - busy))
    V[drain_wal]=$(($(wal_bytes) - wal))
    V[drain_postgres]=$(($(service_cpu postgres) - postgres))
    V[drain_kafka]=$(($(service_cpu kafka) - kafka))
    [[ ${V[drain_status]:-} == 0 ]] || {
        tail -n 20 "$LOG" >&2
        fail "the program ended with status ${V[drain_status]:-none}" "its last lines are above"
    }
    V[drain_others]=$(others_percent "$busy")
    check_result "$1" "$2"
}

# Percent of all processors that went to others during the drain, of so many busy ticks.
others_percent() {
    local services=$(((V[drain_postgres] + V[drain_kafka]) / 10000))
    local own
    own=$(calculate "${V[drain_user_seconds]} + ${V[drain_system_seconds]}")
    calculate "($1 / $(getconf CLK_TCK) - $services / 100 - $own) * 100 / ${V[drain_seconds]} / $(nproc)" %.0f
}

wal_bytes() { sql postgres "SELECT (pg_current_wal_lsn() - '0/0')::bigint"; }

# The same rows, as fast as PostgreSQL takes them: see tests/bench/bench_copy.c. Sets V[copy_…].
copy_rows() {
    local from=$1 to=$2 postgres
    "$HELPERS/bench_copy" out "$(database "$from")" "$FILES" >"$LOG"
    drop_database "$from"
    fresh_database "$to"
    postgres=$(service_cpu postgres)
    take_values copy_ < <("$HELPERS/bench_copy" in "$(database "$to")" "$FILES")
    V[copy_postgres]=$(($(service_cpu postgres) - postgres))
    [[ ${V[copy_events_rows]:-} ]] || fail "the COPY of the rows failed" "the lines above tell why"
    drop_database "$to"
    rm -f -- "$FILES"/*.bin
}

# cost_after DATABASE SIZE COUNT: microseconds an event, of the COUNT events that followed the first
# SIZE ones. The ledger's own times tell, so nothing has to watch. Units are large, so the last of them
# may be one that ends a little earlier.
cost_after() {
    sql "$1" "WITH unit AS (SELECT recorded_at AS at, sum(appended + logged) AS events FROM ingest_ledger GROUP BY 1),
        total AS (SELECT at, sum(events) OVER (ORDER BY at) AS events FROM unit)
        SELECT round(extract(epoch FROM b.at - a.at) * 1000000 / (b.events - a.events), 2)
        FROM (SELECT * FROM total WHERE events >= $2 ORDER BY events LIMIT 1) a,
             (SELECT * FROM total WHERE events <= $2 + $3 ORDER BY events DESC LIMIT 1) b"
}

# --- processes of the program that are watched while they run ---------------------------------------------

BACKGROUND=()
start_background() {
    "$@" >>"$LOG" 2>&1 &
    BACKGROUND_PID=$!
    BACKGROUND+=("$BACKGROUND_PID")
}

# end_process SIGNAL PID: bash would tell of every process that was killed, were it not waited for.
end_process() {
    { kill "-$1" "$2" && wait "$2"; } 2>/dev/null || true
}

end_background() {
    local pid
    for pid in "${BACKGROUND[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${BACKGROUND[@]}"; do wait "$pid" 2>/dev/null || true; done
    BACKGROUND=()
}

# await DATABASE QUERY [TIMEOUT]: prints the seconds until the query's answer is above 0.
await() {
    "$HELPERS/bench_run" --database "$(database "$1")" --until "$2" --timeout "${3:-60}" |
        awk '$1 == "until_seconds" { print $2 }'
}
