# shellcheck shell=bash
# shellcheck disable=SC2154  # names of scripts/bench and lib/common.sh
# The table of scripts/bench: rows are added while it measures, and printed at the end.

ROWS=()
# row WHAT OURS BESIDE RATIO ASKED VERDICT; an empty cell is printed as "-".
row() {
    local IFS=$'\t'
    ROWS+=("${1:--}"$'\t'"${2:--}"$'\t'"${3:--}"$'\t'"${4:--}"$'\t'"${5:--}"$'\t'"${6:--}")
    note "${ROWS[-1]//$'\t'/ | }"
}

# verdict VALUE at-least|at-most BOUND
verdict() {
    case $2 in
        at-least) calculate "($1 >= $3) ? \"yes\" : \"NO\"" %s ;;
        at-most) calculate "($1 <= $3) ? \"yes\" : \"NO\"" %s ;;
    esac
}

median() { printf '%s\n' "$@" | sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
highest() { printf '%s\n' "$@" | sort -g | tail -n 1; }

describe_machine() {
    local cpu memory revision
    cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
    memory=$(awk '/^MemTotal/ { printf "%.0f", $2 / 1048576 }' /proc/meminfo)
    revision=$(git -C "$ROOT" rev-parse --short HEAD 2>/dev/null || echo unknown)
    git -C "$ROOT" diff --quiet HEAD -- src include sql CMakeLists.txt 2>/dev/null || revision="$revision with changes"
    printf '%s\n' "date: $(date -u +%Y-%m-%d), revision: $revision" \
        "machine: $(nproc) x ${cpu:-$(uname -m)}, $memory GiB, Linux $(uname -r); all of it runs here" \
        "Kafka $KAFKA_VERSION, PostgreSQL $(sql postgres 'SHOW server_version'), $("$PROGRAM" version 2>/dev/null | tr '\n' ' ')" \
        "PostgreSQL's settings: $(server_settings)" \
        "load: $(describe_load), after 2 events for each of $CLIENTS clients, $PARTITIONS partitions" \
        "drains and COPYs: median of $PAIRS pairs, in turn; the program runs with its default options" \
        "before the start, other processes used $BUSY_BEFORE % of the processors"
}

describe_load() {
    case $MIX in
        features) echo "$EVENTS changes of 7 feature types (mix: features)" ;;
        full) echo "$EVENTS events over the whole catalogue, 60 % of them changes of 7 feature types (mix: full)" ;;
    esac
}

server_settings() {
    sql postgres "SELECT string_agg(name || '=' || current_setting(name), ', ' ORDER BY name) FROM pg_settings
        WHERE name IN ('fsync', 'synchronous_commit', 'shared_buffers', 'max_wal_size', 'wal_compression', 'full_page_writes')"
}

HEADINGS=$'what\tsecretmagic\tbeside it\tratio\tasked\tmet'

print_table() {
    local format=print_text line
    [[ ! $MARKDOWN ]] || format=print_markdown
    describe_machine | while read -r line; do
        if [[ $MARKDOWN ]]; then printf -- '- %s\n' "$line"; else printf '%s\n' "$line"; fi
    done
    echo
    printf '%s\n' "$HEADINGS" "${ROWS[@]}" | $format
}

print_markdown() {
    awk -F '\t' '{ printf "|"; for (i = 1; i <= NF; i++) printf " %s |", $i; print "" }
        NR == 1 { print "|---|---|---|---|---|---|" }'
}

print_text() {
    awk -F '\t' '{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
        END {
            for (r = 1; r <= NR; r++) {
                for (i = 1; i < NF; i++) printf "%-*s  ", width[i], cell[r, i]
                print cell[r, NF]
            }
        }'
}
