# shellcheck shell=bash
# shellcheck disable=SC2034  # the names are for the scripts that source this
# Shared by the scripts of this folder: messages, folders, and the user that the services run as.
# Source it; it defines functions and names, and does nothing else.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)

KAFKA_VERSION=4.1.1
LOG4J_VERSION=2.24.3
POSTGRES_VERSIONS=(18.1.0 17.7.0 16.11.0) # the first is what a stack has; tests use the others, too
APICURIO_VERSION=3.0.9 # later ones need Java 21
PG_DUMP_VERSION=18.6.3
JAVA_MINIMUM=17

# PostgreSQL refuses to run as root; when root starts the stack, all services run as this user.
SERVICE_USER=secretmagic

# What the services read must be readable by their user whatever umask the caller has.
umask 022

say() { printf '%s: %s\n' "${0##*/}" "$*"; }
warn() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# fail WHAT HINT: the first says what happened and to what, the second what to do about it.
fail() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    printf '%s: hint: %s\n' "${0##*/}" "$2" >&2
    exit 1
}

is_root() { ((EUID == 0)); }

# Runs a command as the services' user: directly, or with root's rights given up. setpriv (unlike su
# and runuser) replaces itself by the command, so the process id known to the caller stays right.
as_service() {
    if is_root; then
        setpriv --reuid "$SERVICE_USER" --regid "$SERVICE_USER" --clear-groups -- "$@"
    else
        "$@"
    fi
}

service_uid() { if is_root; then id -u "$SERVICE_USER" 2>/dev/null || echo none; else id -u; fi; }

ensure_service_user() {
    is_root || return 0
    id "$SERVICE_USER" >/dev/null 2>&1 && return 0
    say "making the system user $SERVICE_USER (PostgreSQL does not run as root)"
    # Two scripts may get here at once: what counts is that the user is there afterwards.
    useradd --system --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin "$SERVICE_USER" 2>/dev/null || sleep 0.5
    id "$SERVICE_USER" >/dev/null 2>&1 ||
        fail "cannot make the system user $SERVICE_USER" \
            "make it by hand: useradd --system --user-group $SERVICE_USER"
}

service_can_enter() { as_service test -x "$1"; }

# The absolute path of a folder that may not be there yet; symbolic links before its last part are resolved.
absolute() {
    local parent
    parent=$(realpath -m -- "$(dirname -- "$1")")
    printf '%s/%s\n' "${parent%/}" "$(basename -- "$1")"
}

# Where a folder is kept instead, when the services' user cannot get to it.
elsewhere() {
    local sum
    sum=$(printf '%s' "$1" | cksum)
    printf '/var/tmp/secretmagic-%s\n' "${sum%% *}"
}

is_empty() { [[ -z $(ls -A -- "$1") ]]; }

make_folder() {
    mkdir -p -- "$1" || fail "cannot make the folder $1" "check who owns the folder above it"
    [[ -w $1 ]] ||
        fail "cannot write to the folder $1, it belongs to $(stat -c %U "$1")" \
            "run this as that user, or remove the folder"
}

# Puts a symbolic link at $1 to a folder under /var/tmp. Names there can be guessed, so a folder
# that somebody else put there is refused.
link_elsewhere() {
    local real
    real=$(elsewhere "$1")
    if [[ -d $1 && ! -L $1 ]]; then
        is_empty "$1" ||
            fail "the user $SERVICE_USER cannot get to $1, and it is not empty" \
                "give another folder, or make the folders above it passable for everyone (chmod a+x)"
        rmdir -- "$1"
    fi
    mkdir -p -- "$real" "$(dirname -- "$1")"
    [[ -O $real && ! -L $real ]] ||
        fail "$real is not ours but belongs to $(stat -c %U "$real")" "remove it, or give another folder"
    ln -sfnT -- "$real" "$1"
    warn "$1 is kept in $real, since the user $SERVICE_USER cannot get to it"
}

# Makes folder $1 in a place that the services' user can get to, and prints where it really is.
place_folder() {
    local path parent
    path=$(absolute "$1")
    if [[ -L $path ]]; then
        mkdir -p -- "$(realpath -m -- "$path")"
    elif ! is_root; then
        make_folder "$path"
    else
        parent=$(dirname -- "$path")
        while [[ ! -d $parent ]]; do parent=$(dirname -- "$parent"); done
        if service_can_enter "$parent"; then make_folder "$path"; else link_elsewhere "$path"; fi
        # A folder made by mktemp -d lets only its owner in.
        if ! service_can_enter "$path"; then
            is_empty "$path" ||
                fail "the user $SERVICE_USER cannot get into $path, and it is not empty" \
                    "give an empty folder or one that does not exist yet"
            chown "$SERVICE_USER": -- "$path"
        fi
    fi
    realpath -- "$path"
}

# The real place of a folder that is or is not there; makes nothing.
find_folder() { realpath -m -- "$1"; }

# Folder $1 for the services to write in.
service_folder() {
    make_folder "$1"
    ! is_root || chown "$SERVICE_USER": -- "$1"
}

# Holds an exclusive lock on file $1 until the script ends; says $2, if it is given, when it must wait. A lock
# on a file that was removed while we waited (stack destroy) protects nothing, so then the new file's lock
# is taken.
lock_file() {
    while true; do
        exec {LOCK_FD}>"$1" || fail "cannot write $1" "check who owns the folder"
        flock -n "$LOCK_FD" || {
            [[ -z ${2:-} ]] || warn "$2"
            flock "$LOCK_FD"
        }
        [[ /proc/self/fd/$LOCK_FD -ef $1 ]] && return 0
        exec {LOCK_FD}>&-
    done
}

# Runs a command that builds in build/, when no other script of this checkout does.
building() { flock -o "$(find_folder "$ROOT/.stack")/build.lock" "$@"; }

# Chooses one of POSTGRES_VERSIONS. Sets POSTGRES_VERSION, POSTGRES_HOME, GOLDEN_POSTGRES.
use_postgres() {
    POSTGRES_VERSION=$1
    POSTGRES_HOME=$DEPS/postgres-$POSTGRES_VERSION
    GOLDEN_POSTGRES=$GOLDEN/postgres-${POSTGRES_VERSION%%.*}
}

# The folders that scripts/setup fills. Sets DEPS, GOLDEN, KAFKA_JARS, *_HOME, GOLDEN_*.
name_folders() {
    local base=$1
    DEPS=$base/deps
    GOLDEN=$base/golden-$(service_uid) # root and an ordinary user may use one checkout
    KAFKA_JARS=$DEPS/kafka-$KAFKA_VERSION
    REGISTRY_HOME=$DEPS/apicurio-$APICURIO_VERSION
    PG_DUMP_HOME=$DEPS/pg_dump-$PG_DUMP_VERSION
    GOLDEN_KAFKA=$GOLDEN/kafka
    use_postgres "${POSTGRES_VERSIONS[0]}"
}

java_path() { realpath -- "$(type -P java)" 2>/dev/null; }

# Java's main version from the file beside it, which is far quicker than to start it.
java_version() {
    local java release line
    java=$(java_path) || { echo 0; return; }
    release=${java%/bin/java}/release
    if [[ -r $release ]]; then
        line=$(grep -m1 '^JAVA_VERSION=' "$release" || true)
    else
        line=$("$java" -version 2>&1 | sed -n 1p)
    fi
    [[ $line =~ \"([0-9]+) ]] && echo "${BASH_REMATCH[1]}" || echo 0
}

# What the prepared folders depend on. One made for anything else is made again.
GOLDEN_FORMAT=1
kafka_stamp() {
    local java
    java=$(java_path) || true
    printf '%s kafka %s log4j %s jars %s java %s %s uid %s\n' "$GOLDEN_FORMAT" "$KAFKA_VERSION" \
        "$LOG4J_VERSION" "$KAFKA_JARS" "$java" "$(stat -c %Y-%s "$java" 2>/dev/null)" "$(service_uid)"
}
postgres_stamp() {
    printf '%s postgres %s uid %s\n' "$GOLDEN_FORMAT" "$POSTGRES_VERSION" "$(service_uid)"
}
has_stamp() { [[ -r $1/stamp && $(<"$1/stamp") == "$2" ]]; }
