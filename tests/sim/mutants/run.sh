#!/bin/sh
# Builds the simulator with one deliberate mistake and demands that it names the law that the patch
# says (one of them, where it depends on the history which one is broken first: "a|b"). A patch that does not apply any more is a failure: then nobody knows what would be caught.
#
# A patch may say how to run it instead ("mode: --pauses --seeds 2"), and which of the simulators sees it
# ("main: relay_sim.c").
#
#   run.sh NAME SEEDS REPOSITORY LIBRARY WORK COMPILER [FLAGS...] -- [LIBRARIES...]
set -eu

name=$1 seeds=$2 repository=$3 library=$4 work=$5
shift 5
patch_file=$repository/tests/sim/mutants/$name.patch

fail() {
    echo "mutant $name: $*" >&2
    exit 1
}

law=$(sed -n 's/^law: //p' "$patch_file")
mode=$(sed -n 's/^mode: //p' "$patch_file")
main=$(sed -n 's/^main: //p' "$patch_file")
path=$(sed -n 's|^--- a/||p' "$patch_file")
[ -n "$law" ] && [ -f "$repository/$path" ] || fail "the patch names no law, or a file that is not there"
rm -rf "$work/$name"
mkdir -p "$work/$name/$(dirname "$path")"
cp "$repository/$path" "$work/$name/$path"
patch --quiet --strip=1 --directory="$work/$name" <"$patch_file" ||
    fail "the patch does not apply to $path; hint: make the same mistake in today's code and save the diff"

compiler=$1
shift
flags=
while [ "$1" != -- ]; do
    flags="$flags $1"
    shift
done
shift
# The mutated object comes first, so that the library's sound one is not needed and not taken.
# shellcheck disable=SC2086
"$compiler" $flags -I"$repository/include" -I"$repository/src" -I"$repository/tests" \
    -o "$work/$name/sim" "$work/$name/$path" "$repository/tests/sim/${main:-sim_main.c}" "$library" "$@" ||
    fail "does not build"

# shellcheck disable=SC2086
if "$work/$name/sim" --seeds "$seeds" $mode >"$work/$name/output"; then
    fail "lived through $seeds histories: no law saw \"$(head -n 1 "$patch_file")\""
fi
grep -Eq "^BROKEN LAW \"($law)\"" "$work/$name/output" ||
    fail "was caught by another law than \"$law\": $(grep BROKEN "$work/$name/output")"
head -n 1 "$work/$name/output"
