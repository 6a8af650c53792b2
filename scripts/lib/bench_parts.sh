# shellcheck shell=bash
# shellcheck disable=SC2154  # names of scripts/bench and its other files
# The parts of scripts/bench, each of which adds rows to the table.

# --- drain -----------------------------------------------------------------------------------------

# What is drained is on the topic before the program starts, and the database is empty. The time is that
# of the whole process, from its start to its end, so connecting, joining the group and leaving it are
# part of the rate. Beside it stands the COPY of the very rows that resulted: what PostgreSQL asks for
# such rows from anybody. Drain and COPY take turns, so that a slow minute of the machine hits both.
part_drain() {
    local writers
    make_load even "$EVENTS" --seed 1 --mix "$MIX"
    make_load zipf "$EVENTS" --seed 2 --zipf --mix "$MIX"
    make_load random "$EVENTS" --seed 3 --random-ids --mix "$MIX"
    make_load avro "$EVENTS" --seed 1 --mix "$MIX" --avro "$(schema_ids avro)"
    for writers in "${WRITERS[@]}"; do
        drain_beside_copy even "$writers" "drawn evenly" 0.6
        drain_beside_copy zipf "$writers" "by Zipf's law" 0.75
    done
    drain_beside_copy random "${WRITERS[-1]}" "drawn evenly, UUIDv4" ''
    for writers in "${WRITERS[@]}"; do drain_avro_beside_json "$writers"; done
}

# The same events in both formats, in turn.
drain_avro_beside_json() {
    local writers=$1 pair load name
    local -A all=()
    for ((pair = 1; pair <= PAIRS; pair++)); do
        for load in even avro; do
            fresh_database bench_drain
            drain "$load" bench_drain "$writers"
            V[own]=$(calculate "(${V[drain_user_seconds]} + ${V[drain_system_seconds]}) * 1000000 / ${LOADED[$load]}")
            V[rate]=$(calculate "${LOADED[$load]} / ${V[drain_seconds]}" %.0f)
            collect all "${load}_rate" rate "${load}_own" own "${load}_postgres" drain_postgres "${load}_kafka" drain_kafka \
                "${load}_rss" drain_rss_max_kib "${load}_others" drain_others
            note "$load, $writers writer(s), pair $pair: drain ${V[drain_seconds]} s, own ${V[own]} us/event"
        done
    done
    drop_database bench_drain
    for name in "${!all[@]}"; do
        # shellcheck disable=SC2086  # numbers
        case $name in
            *_rss | *_others) M[$name]=$(highest ${all[$name]}) ;;
            *) M[$name]=$(median ${all[$name]}) ;;
        esac
    done
    tell_avro "$writers"
}

tell_avro() {
    local what="drain, drawn evenly, Avro by a registry's schemas, $1 writer" ratio events=${LOADED[avro]}
    (($1 == 1)) || what+=s
    ratio=$(calculate "${M[avro_rate]} / ${M[even_rate]}" %.2f)
    row "$what" "${M[avro_rate]} events/s" "JSON ${M[even_rate]} events/s" "$ratio" '>= 1' "$(verdict "$ratio" at-least 1)"
    row "  own processor" "$(calculate "${M[avro_own]}" %.1f) us/event" "JSON $(calculate "${M[even_own]}" %.1f)" \
        "$(calculate "${M[avro_own]} / ${M[even_own]}" %.2f)" '<= 5' "$(verdict "${M[avro_own]}" at-most 5)"
    row "  PostgreSQL's processor" "$(calculate "${M[avro_postgres]} / $events" %.1f) us/event" \
        "JSON $(calculate "${M[even_postgres]} / $events" %.1f)" \
        "$(calculate "${M[avro_postgres]} / ${M[even_postgres]}" %.2f)" '' ''
    row "  Kafka's processor" "$(calculate "${M[avro_kafka]} / $events" %.1f) us/event" \
        "JSON $(calculate "${M[even_kafka]} / $events" %.1f)" "$(calculate "${M[avro_kafka]} / ${M[even_kafka]}" %.2f)" '' ''
    ((M[avro_others] < 10 && M[even_others] < 10)) ||
        row "  NOT QUIET: others used" "${M[avro_others]} % of all processors" "JSON ${M[even_others]} %" '' '' ''
    row "  resident memory, highest" "$(calculate "${M[avro_rss]} / 1024" %.1f) MiB" \
        "JSON $(calculate "${M[even_rss]} / 1024" %.1f)" '' '<= 64' "$(verdict "${M[avro_rss]}" at-most 65536)"
}

# drain_beside_copy LOAD WRITERS WORDS RATIO_ASKED
drain_beside_copy() {
    local load=$1 writers=$2 words=$3 asked=$4 pair
    local -a names=(seconds user system rss wal postgres kafka others copy copy_wal copy_postgres first last parked)
    local -A all=()
    for ((pair = 1; pair <= PAIRS; pair++)); do
        fresh_database bench_drain
        drain "$load" bench_drain "$writers"
        V[first]=$(cost_after bench_drain 100000 100000)
        # Not the last of them: by Zipf's law partitions are uneven, and at the end one writer is left.
        V[last]=$(cost_after bench_drain $((LOADED[$load] * 7 / 10)) 100000)
        copy_rows bench_drain bench_copy
        collect all seconds drain_seconds user drain_user_seconds system drain_system_seconds rss drain_rss_max_kib \
            wal drain_wal postgres drain_postgres kafka drain_kafka others drain_others copy copy_seconds copy_wal copy_wal_bytes \
            copy_postgres copy_postgres first first last last parked drain_parked
        note "$load, $writers writer(s), pair $pair: drain ${V[drain_seconds]} s, COPY ${V[copy_seconds]} s"
    done
    local name
    for name in "${names[@]}"; do
        # shellcheck disable=SC2086  # numbers
        M[$name]=$(median ${all[$name]})
    done
    # shellcheck disable=SC2086
    M[rss]=$(highest ${all[rss]})
    # shellcheck disable=SC2086
    M[others]=$(highest ${all[others]})
    tell_drain "$load" "$writers" "$words" "$asked"
}

declare -A M
# collect ARRAY NAME VALUE...: adds V[VALUE] to the list of numbers ARRAY[NAME].
collect() {
    local -n lists=$1
    shift
    while (($#)); do
        lists[$1]+="${V[$2]} "
        shift 2
    done
}

tell_drain() {
    local load=$1 writers=$2 what ratio rate own events=${LOADED[$1]} met=
    what="drain, $3, $writers writer"
    ((writers == 1)) || what+=s
    ratio=$(calculate "${M[copy]} / ${M[seconds]}" %.2f)
    rate=$(calculate "$events / ${M[seconds]}" %.0f)
    own=$(calculate "(${M[user]} + ${M[system]}) * 1000000 / $events" %.1f)
    [[ ! $4 ]] || met=$(verdict "$ratio" at-least "$4")
    row "$what" "$rate events/s" "COPY $(calculate "$events / ${M[copy]}" %.0f) rows/s" "$ratio" "${4:+>= $4; goal 1.0}" "$met"
    row "  own processor" "$own us/event" '' '' '<= 8, goal 4' "$(verdict "$own" at-most 8)"
    row "  PostgreSQL's processor" "$(calculate "${M[postgres]} / $events" %.1f) us/event" \
        "COPY $(calculate "${M[copy_postgres]} / $events" %.1f)" "$(calculate "${M[copy_postgres]} / ${M[postgres]}" %.2f)" '' ''
    row "  Kafka's processor" "$(calculate "${M[kafka]} / $events" %.1f) us/event" '' '' '' ''
    ((M[parked] == 0)) || row "  parked and let go on the way" "${M[parked]} events" '' '' '' ''
    ((M[others] < 10)) || row "  NOT QUIET: others used" "${M[others]} % of all processors" '' '' '' ''
    row "  WAL" "$(calculate "${M[wal]} / $events" %.0f) bytes/event" "COPY $(calculate "${M[copy_wal]} / $events" %.0f)" \
        "$(calculate "${M[copy_wal]} / ${M[wal]}" %.2f)" '' ''
    row "  resident memory, highest" "$(calculate "${M[rss]} / 1024" %.1f) MiB" '' '' '<= 64' "$(verdict "${M[rss]}" at-most 65536)"
    row "  cost at 100 thousand and at $(calculate "$events * 0.7 / 1000000" %.1f) million stored" \
        "${M[last]} us/event" "${M[first]} us/event" "$(calculate "${M[last]} / ${M[first]}" %.2f)" \
        "$([[ $load == random ]] || echo '<= 1.25')" "$([[ $load == random ]] || verdict "${M[last]} / ${M[first]}" at-most 1.25)"
}

# --- long ------------------------------------------------------------------------------------------

# The same cost and memory with more on the topic and in the log. Both loads have the same seed, which
# says who the clients are. PostgreSQL has the memory that its manual advises (a quarter of the machine's, here at most
# 4 GB) and checkpoints no more often than every few minutes: with its defaults for a small machine (128 MB, 1 GB) each
# event, beyond some millions, touches a page that has to be read again, or written whole into the WAL.
size_postgres() {
    local megabytes
    megabytes=$(awk '/^MemTotal/ { m = int($2 / 4096); print m < 4096 ? m : 4096 }' /proc/meminfo)
    sql postgres "ALTER SYSTEM SET shared_buffers = '${megabytes}MB'"
    sql postgres "ALTER SYSTEM SET max_wal_size = '8GB'"
    "$ROOT/scripts/stack" down --dir "$STACK" >"$LOG" 2>&1 || { cat "$LOG" >&2 && exit 1; }
    "$ROOT/scripts/stack" up "${STACK_SERVICES[@]}" --dir "$STACK" >"$LOG" 2>&1 || { cat "$LOG" >&2 && exit 1; }
}

part_long() {
    local millions draw
    size_postgres
    for draw in long random_long; do
        make_load "$draw" 3000000 --seed 4 $([[ $draw == long ]] || echo --random-ids)
        fresh_database bench_drain
        for millions in 3 10; do
            ((millions == 3)) || add_load "$draw" 7200000 --seed 4 --known $([[ $draw == long ]] || echo --random-ids)
            drain "$draw" bench_drain "${WRITERS[-1]}"
            row "backlog of $millions million, $draw: resident memory" "$(calculate "${V[drain_rss_max_kib]} / 1024" %.1f) MiB" \
                '' '' '<= 64' "$(verdict "${V[drain_rss_max_kib]}" at-most 65536)"
        done
        local size first
        first=$(cost_after bench_drain 100000 100000)
        for size in 1000000 3100000 10000000; do
            V[at]=$(cost_after bench_drain $size 100000)
            row "  cost at 100 thousand and at $((size / 1000)) thousand stored, $draw" "${V[at]} us/event" "$first us/event" \
                "$(calculate "${V[at]} / $first" %.2f)" '<= 1.25' "$(verdict "${V[at]} / $first" at-most 1.25)"
        done
        drop_database bench_drain
    done
}

# --- replay ----------------------------------------------------------------------------------------

# What is projected, in the order of bench_copy's table names.
PROJECTED=(heads clients batches bom_explosion_status feature_metadata)

# verify, and a rebuild in which every head differs: that folds the whole log and writes 8 rows a client. Beside them COPY
# of the log out, and of the projected tables in: what reading it once and writing them once cost.
part_replay() {
    local pair name copy verify rebuild
    local -A all=()
    make_load replay "$EVENTS" --seed 8 --mix "$MIX"
    fresh_database bench_replay
    drain replay bench_replay "${WRITERS[-1]}"
    sql bench_replay 'VACUUM ANALYZE'
    for ((pair = 1; pair <= PAIRS; pair++)); do
        take_values verify_ < <("$HELPERS/bench_run" -- "$PROGRAM" verify --content --database "$(database bench_replay)" 2>"$LOG")
        sql bench_replay "SET session_replication_role = replica; UPDATE heads SET last_at = last_at + interval '1 us'"
        take_values rebuild_ < <("$HELPERS/bench_run" -- "$PROGRAM" replay rebuild --actor bench --differences 0 \
            --database "$(database bench_replay)" 2>"$LOG")
        take_values out_ < <("$HELPERS/bench_copy" out "$(database bench_replay)" "$FILES")
        fresh_database bench_copy
        take_values in_ < <("$HELPERS/bench_copy" in "$(database bench_copy)" "$FILES")
        rm -f -- "$FILES"/*.bin
        [[ ${V[verify_status]}${V[rebuild_status]} == 00 ]] || fail "verify or rebuild did not end well" "see $LOG"
        V[copy_both]=${V[out_events_seconds]}
        for name in "${PROJECTED[@]}"; do V[copy_both]=$(calculate "${V[copy_both]} + ${V[in_${name}_seconds]}"); done
        collect all verify verify_seconds rebuild rebuild_seconds copy copy_both rss rebuild_rss_max_kib rss verify_rss_max_kib
    done
    # shellcheck disable=SC2086  # numbers
    copy=$(median ${all[copy]}) verify=$(median ${all[verify]}) rebuild=$(median ${all[rebuild]}) V[rss]=$(highest ${all[rss]})
    drop_database bench_replay
    drop_database bench_copy
    tell_replay verify "$verify" "$copy"
    tell_replay "rebuild, every head differs" "$rebuild" "$copy"
    row "  resident memory, highest" "$(calculate "${V[rss]} / 1024" %.1f) MiB" '' '' '<= 128' "$(verdict "${V[rss]}" at-most 131072)"
}

tell_replay() {
    local events=${LOADED[replay]} ratio
    ratio=$(calculate "$3 / $2" %.2f)
    row "replay: $1" "$(calculate "$events / $2" %.0f) events/s" "COPY out and in $(calculate "$events / $3" %.0f)" "$ratio" \
        '>= 0.5' "$(verdict "$ratio" at-least 0.5)"
    ratio=$(calculate "${V[drain_seconds]} / $2" %.2f)
    row "  beside the drain" '' "$(calculate "$events / ${V[drain_seconds]}" %.0f) events/s" "$ratio" '>= 3' \
        "$(verdict "$ratio" at-least 3)"
}

# --- relay -----------------------------------------------------------------------------------------

COMMANDS=20000
COMMAND_BYTES=6000 # as a provisioning of a dedicated database has them
TENANTS=1000

# fill_outbox DATABASE FIRST: the next commands of each tenant.
fill_outbox() {
    sql "$1" "SET secretmagic.writer = 'projector'; INSERT INTO outbox (client_id, command_id, sequence, event_id,
            created_at, organization_id, digest, value, header_names, header_values)
        SELECT lpad(to_hex(i % $TENANTS), 32, '0')::uuid, gen_random_uuid(), $2 + i / $TENANTS, gen_random_uuid(), now(),
               (i % $TENANTS)::text, sha256(value), value, ARRAY['content-type']::bytea[], ARRAY['application/json']::bytea[]
        FROM (SELECT i, convert_to(rpad(i::text, $COMMAND_BYTES, 'x'), 'UTF8') AS value
              FROM generate_series(0, $COMMANDS - 1) AS i) AS command"
}

# From a filled outbox to marked as published, start and end of the process included; beside it the same number of
# records of the same size in as large transactions, from memory.
part_relay() {
    relay_rate
    relay_latency
}

relay_rate() {
    local pair relay=() bare=() seconds
    "$PROGRAM" migrate --topics --partitions "$PARTITIONS" --topic-prefix bench.relay. --database "$(database $TEMPLATE)" >"$LOG" 2>&1
    "$PROGRAM" migrate --topics --partitions "$PARTITIONS" --topic-prefix bench.other. --database "$(database $TEMPLATE)" >"$LOG" 2>&1
    fresh_database bench_relay
    program_options relay bench_relay
    "${RUN[@]}" --only relay --until-idle 2>"$LOG"
    for ((pair = 1; pair <= PAIRS; pair++)); do
        fill_outbox bench_relay $((1 + (pair - 1) * COMMANDS / TENANTS))
        take_values relay_ < <("$HELPERS/bench_run" -- "${RUN[@]}" --only relay --until-idle 2>"$LOG")
        [[ $(sql bench_relay "SELECT count(*) FROM outbox WHERE published_at IS NULL") == 0 ]] || fail "commands are left in the outbox" "see $LOG"
        take_values bare_ < <("$HELPERS/bench_transactions" "$SECRETMAGIC_BROKERS" bench.other.tenant.commands $COMMANDS $COMMAND_BYTES 256)
        relay+=("${V[relay_seconds]}") bare+=("${V[bare_seconds]}")
        note "relay, pair $pair: ${V[relay_seconds]} s, bare producer ${V[bare_seconds]} s"
    done
    drop_database bench_relay
    V[relay]=$(median "${relay[@]}") V[bare]=$(median "${bare[@]}")
    seconds=$(calculate "${V[bare]} / ${V[relay]}" %.2f)
    row "relay, commands of $COMMAND_BYTES bytes, by 256" "$(calculate "$COMMANDS / ${V[relay]}" %.0f) commands/s" \
        "bare $(calculate "$COMMANDS / ${V[bare]}" %.0f) records/s" "$seconds" '>= 0.7' "$(verdict "$seconds" at-least 0.7)"
}

# From the confirmation produced to its command readable, beside fetch, one-row commit and one-record transaction.
relay_latency() {
    local quantile
    "$PROGRAM" migrate --topics --partitions "$PARTITIONS" --topic-prefix bench.confirm. --database "$(database $TEMPLATE)" >"$LOG" 2>&1
    "$PROGRAM" migrate --topics --partitions "$PARTITIONS" --topic-prefix bench.bare2. --database "$(database $TEMPLATE)" >"$LOG" 2>&1
    fresh_database bench_relay
    program_options confirm bench_relay
    start_background "${RUN[@]}"
    await bench_relay "SELECT (scanned_in IS NOT NULL)::int FROM relay_lease" >/dev/null
    start_background "$HELPERS/bench_bare" "$SECRETMAGIC_BROKERS" bench.bare2.config.events "$(database bench_relay)" bench.bare2.tenant.commands
    await bench_relay "SELECT (to_regclass('bench_bare') IS NOT NULL)::int" >/dev/null
    sleep 3 # until both consumers have their partitions
    take_values command_ < <("$HELPERS/bench_commands" "$SECRETMAGIC_BROKERS" "$(database bench_relay)" "$SINGLE" \
        bench.confirm.config.events bench.confirm.tenant.commands bench.bare2.config.events bench.bare2.tenant.commands)
    V[command_bytes]=$(sql bench_relay "SELECT round(avg(octet_length(value))) FROM outbox")
    end_background
    drop_database bench_relay
    for quantile in p50 p99; do
        row "confirmation produced to command readable, $quantile (command of ${V[command_bytes]} bytes)" "${V[command_ours_${quantile}_ms]} ms" \
            "bare ${V[command_bare_${quantile}_ms]} ms" "$(calculate "${V[command_ours_${quantile}_ms]} / ${V[command_bare_${quantile}_ms]}" %.2f)" \
            '<= 1.5' "$(verdict "${V[command_ours_${quantile}_ms]} / ${V[command_bare_${quantile}_ms]}" at-most 1.5)"
    done
}

# --- latency ---------------------------------------------------------------------------------------

part_latency() {
    make_load single 100000 --seed 6
    make_load bare 0 --seed 6
    fresh_database bench_latency
    program_options single bench_latency
    start_background "${RUN[@]}"
    await bench_latency "SELECT (coalesce(sum(consumed), 0) >= ${LOADED[single]})::int FROM consumer_offsets" >/dev/null
    start_background "$HELPERS/bench_bare" "$SECRETMAGIC_BROKERS" bench.bare.config.events "$(database bench_latency)"
    await bench_latency "SELECT (to_regclass('bench_bare') IS NOT NULL)::int" >/dev/null
    sleep 2 # until the bare consumer has its partitions, too
    sql postgres CHECKPOINT
    take_values latency_ < <("$HELPERS/bench_latency" --brokers "$SECRETMAGIC_BROKERS" \
        --database "$(database bench_latency)" --topic bench.single.config.events \
        --bare-topic bench.bare.config.events --events "$SINGLE" --clients "$CLIENTS" --seed 6)
    end_background
    drop_database bench_latency
    tell_latency p50
    tell_latency p99
}

tell_latency() {
    local ours=${V[latency_ours_${1}_ms]} bare=${V[latency_bare_${1}_ms]}
    row "one event, produced to visible, $1" "$ours ms" "bare $bare ms" "$(calculate "$ours / $bare" %.2f)" '<= 2' \
        "$(verdict "$ours / $bare" at-most 2)"
}

# --- start -----------------------------------------------------------------------------------------

CONSUMED='SELECT coalesce(sum(consumed), 0)::bigint FROM consumer_offsets'
SESSION=10 # seconds: the program's default

part_start() {
    make_load start 100000 --seed 7
    start_cold
    fresh_database bench_start
    start_takeover
    start_static
    drop_database bench_start
}

# With a backlog, an empty database, a group that is new to the broker.
start_cold() {
    local try times=()
    for try in 1 2 3 4 5; do
        fresh_database bench_start
        program_options start bench_start
        take_values cold_ < <("$HELPERS/bench_run" --database "$(database bench_start)" \
            --until "$CONSUMED" --signal 15 -- "${RUN[@]}" 2>>"$LOG")
        times+=("${V[cold_until_seconds]}")
    done
    tell_time "process start to first commit, highest of 5" "$(highest "${times[@]}")" 1
}

tell_time() { row "$1" "$(calculate "$2" %.2f) s" '' '' "<= $3 s" "$(verdict "$2" at-most "$3")"; }

# Two instances share the partitions, one is killed, then an event arrives on every partition.
start_takeover() {
    local owners="SELECT (count(DISTINCT owner) = 2)::int FROM consumer_offsets" killed times=() try
    program_options start bench_start
    start_background "${RUN[@]}"
    await bench_start "SELECT (sum(consumed) >= ${LOADED[start]})::int FROM consumer_offsets" >/dev/null
    for try in 1 2 3; do
        start_background "${RUN[@]}"
        killed=$BACKGROUND_PID
        await bench_start "$owners" >/dev/null
        end_process KILL "$killed"
        await_more times
    done
    tell_time "take-over after kill -9, session timeout $SESSION s, highest of 3" "$(highest "${times[@]}")" $((SESSION + 1))
    end_background
}

# Adds to the list $1 the time until 400 further events, on all partitions, are consumed.
await_more() {
    local -n list=$1
    local begun=${EPOCHREALTIME/[.,]/}
    add_load start 400 --seed 7 --known
    await bench_start "SELECT (sum(consumed) >= ${LOADED[start]})::int FROM consumer_offsets" >/dev/null
    list+=("$(calculate "(${EPOCHREALTIME/[.,]/} - $begun) / 1000000")")
}

# The same name again: the broker gives the partitions back at once. Events wait when it starts.
start_static() {
    local signal times=()
    program_options start bench_start
    for signal in TERM KILL KILL KILL; do
        start_background "${RUN[@]}" --instance-id bench-1
        await bench_start "SELECT (bool_and(owner = 'bench-1') AND sum(consumed) >= ${LOADED[start]})::int
            FROM consumer_offsets" >/dev/null
        end_process "$signal" "$BACKGROUND_PID"
        add_load start 400 --seed 7 --known
        take_values static_ < <("$HELPERS/bench_run" --database "$(database bench_start)" \
            --until "SELECT (sum(consumed) >= ${LOADED[start]})::int FROM consumer_offsets" --signal 9 \
            -- "${RUN[@]}" --instance-id bench-1 2>>"$LOG")
        times+=("${V[static_until_seconds]}")
    done
    end_background
    tell_time "restart with static membership, after TERM and KILL, highest of 4" "$(highest "${times[@]}")" 1
}

# --- codec -----------------------------------------------------------------------------------------

part_codec() {
    local what ns
    while IFS=$'\t' read -r what ns; do row "codec: $what" "$ns ns/event" '' '' '' ''; done < <(
        "$ROOT/build/tests/support/support_bench_codec" | sed -nE 's/^ *(.*[^ ]) +([0-9]+) ns$/\1\t\2/p')
}
