#!/bin/sh
# Demands that the oracle uses no symbol that one of the given libraries defines.
#
#   oracle_independent.sh ORACLE LIBRARY...
set -eu

oracle=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
nm --undefined-only --format=posix "$oracle" | awk 'NF > 1 { print $1 }' | sort -u >"$work/used"
nm --defined-only --extern-only --format=posix "$@" | awk 'NF > 2 { print $1 }' |
    grep '^sm_' | sort -u >"$work/judged"
# Lists that are empty would find nothing, ever.
grep -q '^sim_' "$work/used" && grep -q '^sm_admit$' "$work/judged" || {
    echo "oracle_independent: nm shows no symbols; is this the right library?" >&2
    exit 1
}
shared=$(comm -12 "$work/used" "$work/judged")
[ -z "$shared" ] || {
    echo "the oracle shares code with what it judges: $shared" >&2
    exit 1
}
