# shellcheck shell=bash
# shellcheck disable=SC2154  # names of lib/common.sh
# How Kafka, PostgreSQL and the schema registry are started, watched and stopped. Needs lib/common.sh.
#
# A stack folder looks like this:
#   secretmagic-stack   marks the folder as ours (destroy refuses any other); holds "small" or "normal"
#   kafka/              server.properties, kafka.log, ports ("client controller"), pid, data/;
#                       more.properties, if there is one (tests put it there), adds to the first and
#                       wins; @CLIENT_PORT@ and @CONTROLLER_PORT@ in it are replaced
#   postgres/           postgres.log, ports ("port"), pid, data/
#   registry/           registry.log, ports ("port"), pid, data/
# A pid file holds "process-id start-time": the number alone may belong to another process by now.

PORT_FIRST=20000 # below the kernel's range for outgoing connections (32768 and up),
PORT_LAST=31999  # so that no client can sit on a port of ours by chance
START_SECONDS=120 # recovery after a crash under load takes its time
STOP_SECONDS=30
POLL_SECONDS=0.03

# --- processes -------------------------------------------------------------------------------------

# Sets PROC_STATE and PROC_START of process $1; false if there is none.
read_process() {
    local line
    local -a field
    # The name in parentheses may hold blanks, so count from the last parenthesis: state is the 3rd
    # field of the line and start time the 22nd.
    { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra field <<<"${line##*) }"
    PROC_STATE=${field[0]}
    PROC_START=${field[19]}
}

# Sets MAIN_PID to the main process of service $2 in folder $1; false if it does not run.
main_pid() {
    local pid start
    MAIN_PID=
    [[ -r $1/$2/pid ]] || return 1
    read -r pid start <"$1/$2/pid" || return 1
    read_process "$pid" || return 1
    [[ $PROC_START == "$start" && $PROC_STATE != Z ]] || return 1
    # Start times count from the last boot: the command line makes sure.
    grep -qaF -- "$1/$2/" "/proc/$pid/cmdline" 2>/dev/null || return 1
    MAIN_PID=$pid
}

# All processes of service $2 in folder $1, also those that have lost their main process. They are
# known by their current folder, which nothing but these servers works in, and by their program.
all_pids() {
    local place program link pid
    case $2 in kafka | registry) program=java ;; postgres) program=postgres ;; esac
    # shellcheck disable=SC2001  # a class of characters
    # find takes a pattern here: characters with a meaning in patterns are quoted.
    place=$(sed 's/[][*?\\]/\\&/g' <<<"$1/$2/data")
    while read -r link; do
        pid=${link#/proc/}
        pid=${pid%/cwd}
        [[ $(readlink "/proc/$pid/exe" 2>/dev/null) == */$program ]] && echo "$pid"
    done < <(find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' \
        \( -lname "$place" -o -lname "$place (deleted)" \) 2>/dev/null)
    return 0
}

signal_pids() {
    local signal=$1 pid
    shift
    for pid in "$@"; do kill "-$signal" "$pid" 2>/dev/null || true; done
}

# Starts a server that outlives the calling shell: launch FOLDER SERVICE COMMAND... It gets a session
# of its own, no input, none of the caller's open files (a test runner waits for the end of its pipes)
# and a bare environment (PGDATA, JAVA_TOOL_OPTIONS and their like stay out).
launch() {
    local folder=$1 service=$2
    shift 2
    local dir=$folder/$service
    : >>"$dir/$service.log"
    LOG_START[$service]=$(stat -c %s "$dir/$service.log")
    (
        cd "$dir/data" || exit
        exec </dev/null >>"$dir/$service.log" 2>&1
        local fd
        for fd in "/proc/$BASHPID/fd"/*; do
            fd=${fd##*/}
            ((fd <= 2)) || eval "exec $fd>&-"
        done
        local -a drop=()
        ! is_root || drop=(setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups --)
        exec env -i PATH="$PATH" LANG=C.UTF-8 HOME="$dir" ${CLASS_PATH:+CLASSPATH="$CLASS_PATH"} \
            setsid "${drop[@]}" "$@"
    ) &
    local pid=$!
    disown "$pid" # bash need not tell when it ends
    read_process "$pid" || PROC_START=0
    printf '%s %s\n' "$pid" "$PROC_START" >"$dir/pid"
    STARTED_PID[$service]=$pid
}
declare -A LOG_START STARTED_PID

is_alive() { read_process "$1" && [[ $PROC_STATE != Z ]]; }

log_since_start() { tail -c "+$((LOG_START[$2] + 1))" "$1/$2/$2.log"; }

# --- ports -----------------------------------------------------------------------------------------

# The kernel's table of listening sockets on IPv4, one "hex-port inode" a line.
listening() {
    local _ address state inode rest
    while read -r _ address _ state _ _ _ _ _ inode rest; do
        [[ $state == 0A ]] && echo "${address##*:} $inode"
    done </proc/net/tcp
    return 0
}

# No "listening | grep -q": grep stops reading at the first match, and by pipefail that is a failure.
port_is_free() { ! grep -q "^$(printf '%04X' "$1") " < <(listening); }

# Does process $1 itself listen on port $2? A port that merely accepts may be somebody else's.
owns_port() {
    local hex port inode
    hex=$(printf '%04X' "$2")
    while read -r port inode; do
        [[ $port == "$hex" ]] || continue
        [[ -n $(find "/proc/$1/fd" -lname "socket:\\[$inode\\]" 2>/dev/null) ]] && return 0
    done < <(listening)
    return 1
}

# random_port PORT...: one that is free and is none of these, which are spoken for but not yet open.
random_port() {
    local port
    while true; do
        port=$((PORT_FIRST + SRANDOM % (PORT_LAST - PORT_FIRST + 1)))
        [[ " $* " == *" $port "* ]] || ! port_is_free "$port" || break
    done
    echo "$port"
}

# Writes the ports of service $2 in folder $1: those of last time where all are free, else new ones.
# Another stack may choose the same at this moment; then one of the two cannot bind, and chooses anew.
choose_ports() {
    local file=$1/$2/ports count=1 port
    local -a ports=() others=()
    [[ $2 != kafka ]] || count=2
    if [[ -r $file && ${3:-} != new ]]; then
        read -ra ports <"$file"
        for port in "${ports[@]}"; do port_is_free "$port" || ports=(); done
    fi
    ((${#ports[@]} != count)) || return 0
    ports=()
    read -ra others < <(cat "$1"/*/ports 2>/dev/null | tr '\n' ' ') || true
    while ((${#ports[@]} < count)); do ports+=("$(random_port "${others[@]}" "${ports[@]}")"); done
    echo "${ports[*]}" >"$file"
}

# Sets PORTS.
read_ports() { PORTS=() && [[ -r $1/$2/ports ]] && read -ra PORTS <"$1/$2/ports"; }

# --- Kafka -----------------------------------------------------------------------------------------

write_kafka_properties() {
    local folder=$1 size=$2
    read_ports "$folder" kafka
    cat <<END
process.roles=broker,controller
node.id=1
controller.quorum.bootstrap.servers=127.0.0.1:${PORTS[1]}
listeners=PLAINTEXT://127.0.0.1:${PORTS[0]},CONTROLLER://127.0.0.1:${PORTS[1]}
advertised.listeners=PLAINTEXT://127.0.0.1:${PORTS[0]}
controller.listener.names=CONTROLLER
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$folder/kafka/data
auto.create.topics.enable=false
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# By default the cleaner takes half of this small heap for itself.
log.cleaner.dedupe.buffer.size=2097152
log.cleaner.io.buffer.size=65536
END
    [[ $size == small ]] || return 0
    cat <<END
num.network.threads=1
num.io.threads=2
background.threads=1
# After kill -9 a broker is not let in again before its old session has run out.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=250
group.min.session.timeout.ms=500
group.coordinator.append.linger.ms=0
controller.quorum.append.linger.ms=0
END
}

# The last line of a name is the one that counts.
write_more_properties() {
    [[ -r $1/kafka/more.properties ]] || return 0
    sed -e "s/@CLIENT_PORT@/${PORTS[0]}/g" -e "s/@CONTROLLER_PORT@/${PORTS[1]}/g" "$1/kafka/more.properties"
}

write_kafka_logging() {
    cat <<'END'
status=warn
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601} %p %c{1} %m%n
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=warn
END
}

# Sets CLASS_PATH. The order is fixed, since the class archive is only good for the very same path.
name_class_path() {
    local -a jars=("$KAFKA_JARS"/*.jar)
    local IFS=:
    CLASS_PATH="${jars[*]}"
}

random_cluster_id() { head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '='; }

# A copy of the prepared data, but as a cluster of its own.
create_kafka() {
    service_folder "$1/kafka"
    [[ ! -d $1/kafka/data ]] || return 0
    rm -rf -- "$1/kafka/data.new"
    as_service cp -a -- "$GOLDEN_KAFKA/data" "$1/kafka/data.new"
    as_service sed -i "s/^cluster\.id=.*/cluster.id=$(random_cluster_id)/" "$1/kafka/data.new/meta.properties"
    mv -T -- "$1/kafka/data.new" "$1/kafka/data"
}

# launch_kafka FOLDER SIZE [JVM option...]
launch_kafka() {
    local folder=$1 size=$2 heap=256m
    shift 2
    local -a options=(-XX:+UseSerialGC -XX:-UsePerfData -XX:+ExitOnOutOfMemoryError)
    if [[ $size == small ]]; then
        heap=128m
        options+=(-XX:TieredStopAtLevel=1)
    fi
    # "auto" goes on without the archive if it does not fit this Java.
    [[ ! -r $GOLDEN_KAFKA/app.jsa ]] || options+=(-XX:SharedArchiveFile="$GOLDEN_KAFKA/app.jsa" -Xshare:auto)
    { write_kafka_properties "$folder" "$size" && write_more_properties "$folder"; } >"$folder/kafka/server.properties"
    write_kafka_logging >"$folder/kafka/log4j2.properties"
    local CLASS_PATH
    name_class_path
    launch "$folder" kafka "$(java_path)" "-Xmx$heap" "${options[@]}" "$@" \
        -Djava.net.preferIPv4Stack=true "-Dlog4j2.configurationFile=$folder/kafka/log4j2.properties" \
        kafka.Kafka "$folder/kafka/server.properties"
}

# Its port opens when the broker is let in; then metadata must name it.
kafka_answers() {
    grep -q " broker 1 at 127.0.0.1:${PORTS[0]}" < <(kcat -L -m 2 -b "127.0.0.1:${PORTS[0]}" 2>/dev/null)
}

# --- PostgreSQL ------------------------------------------------------------------------------------

create_postgres() {
    service_folder "$1/postgres"
    [[ ! -d $1/postgres/data ]] || return 0
    rm -rf -- "$1/postgres/data.new"
    as_service cp -a --reflink=auto -- "$GOLDEN_POSTGRES/data" "$1/postgres/data.new"
    mv -T -- "$1/postgres/data.new" "$1/postgres/data"
}

# After a crash postmaster.pid stays, and PostgreSQL does not start while a process of that number
# exists: one not reaped yet by a slow or missing init, or a new one. No server runs in this folder
# when we get here, so a number that no process can have replaces it. The other lines stay, by
# which PostgreSQL makes sure that the shared memory is unused, and clears it.
release_postmaster_pid() {
    [[ ! -e $1/postmaster.pid ]] || as_service sed -i '1s/.*/2147483647/' "$1/postmaster.pid"
}

# A crashed PostgreSQL leaves segments in /dev/shm that only the next start in its folder removes:
# the first thing it does, so that a few seconds will do however long recovery would take.
clear_shared_memory() {
    [[ -e $1/postmaster.pid && -x $POSTGRES_HOME/bin/postgres ]] || return 0
    release_postmaster_pid "$1"
    (cd "$1" && as_service timeout 5 "$POSTGRES_HOME/bin/postgres" --single -D "$1" postgres </dev/null >/dev/null 2>&1) || true
}

launch_postgres() {
    read_ports "$1" postgres
    release_postmaster_pid "$1/postgres/data"
    launch "$1" postgres "$POSTGRES_HOME/bin/postgres" -D "$1/postgres/data" -p "${PORTS[0]}"
}

postgres_answers() { pg_isready -q -t 2 -h 127.0.0.1 -p "${PORTS[0]}"; }

# --- schema registry -------------------------------------------------------------------------------

create_registry() {
    service_folder "$1/registry"
    service_folder "$1/registry/data"
}

# The Confluent API is below /apis/ccompat/v7.
launch_registry() {
    local data=$1/registry/data
    read_ports "$1" registry
    launch "$1" registry "$(java_path)" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData \
        -XX:+ExitOnOutOfMemoryError -Djava.net.preferIPv4Stack=true "-Djava.io.tmpdir=$data" \
        -Dquarkus.http.host=127.0.0.1 "-Dquarkus.http.port=${PORTS[0]}" \
        "-Dapicurio.datasource.url=jdbc:h2:file:$data/registry" \
        -Dapicurio.rules.global.compatibility=BACKWARD -Dapicurio.ccompat.use-canonical-hash=true \
        -jar "$REGISTRY_HOME/apicurio-registry-app-$APICURIO_VERSION-runner.jar"
}

registry_answers() {
    local fd line=
    { exec {fd}<>"/dev/tcp/127.0.0.1/${PORTS[0]}"; } 2>/dev/null || return 1
    printf 'GET /health/ready HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' >&"$fd" 2>/dev/null || true
    read -r -t 5 line <&"$fd" || true
    exec {fd}>&-
    [[ $line == *' 200 '* ]]
}

# --- one service, whichever ------------------------------------------------------------------------

# Is the service ready that has the ports PORTS and the main process $2?
is_ready() { owns_port "$2" "${PORTS[0]}" && "${1}_answers"; }

start_service() {
    local folder=$1 service=$2 size=$3
    choose_ports "$folder" "$service" "${4:-}"
    case $service in
        kafka) launch_kafka "$folder" "$size" ;;
        postgres) launch_postgres "$folder" ;;
        registry) launch_registry "$folder" ;;
    esac
}

# Waits until service $2 in folder $1, just launched, is ready. Returns 1 if its port was taken by
# somebody else in the meantime, and fails if it did not start for any other reason.
await_service() {
    local folder=$1 service=$2 deadline=$((SECONDS + START_SECONDS)) pid=${STARTED_PID[$2]}
    read_ports "$folder" "$service"
    until is_ready "$service" "$pid"; do
        if ! is_alive "$pid"; then
            grep -qiE 'address already in use|failed to bind|already bound' < <(log_since_start "$folder" "$service") && return 1
            fail_with_log "$folder" "$service" "$service in $folder ended while it was starting"
        fi
        ((SECONDS < deadline)) ||
            fail_with_log "$folder" "$service" "$service in $folder was not ready after $START_SECONDS s"
        sleep "$POLL_SECONDS"
    done
}

fail_with_log() {
    printf '%s\n' "--- last lines of $1/$2/$2.log" >&2
    log_since_start "$1" "$2" | tail -n 20 >&2
    fail "$3" "the reason should be in the lines above"
}

# Asks service $2 in folder $1 to stop. What is frozen hears no signal, so it is woken up.
ask_to_stop() {
    main_pid "$1" "$2" || return 0
    case $2 in
        kafka | registry) signal_pids TERM "$MAIN_PID" ;;
        postgres) signal_pids INT "$MAIN_PID" ;;
    esac
    # shellcheck disable=SC2046  # numbers
    signal_pids CONT $(all_pids "$1" "$2")
}

await_stop() {
    local deadline=$((SECONDS + STOP_SECONDS))
    while main_pid "$1" "$2"; do
        if ((SECONDS >= deadline)); then
            warn "$2 in $1 did not stop within $STOP_SECONDS s: killing it"
            break
        fi
        sleep "$POLL_SECONDS"
    done
    kill_service "$1" "$2"
}

# Ends every process of service $2 in folder $1 at once. The main process is frozen first: it would
# start new children, or tidy up, while its children are being killed.
kill_service() {
    local -a pids
    ! main_pid "$1" "$2" || signal_pids STOP "$MAIN_PID"
    while true; do
        mapfile -t pids < <(all_pids "$1" "$2")
        ((${#pids[@]})) || break
        signal_pids KILL "${pids[@]}"
        sleep "$POLL_SECONDS"
    done
    rm -f -- "$1/$2/pid"
}
