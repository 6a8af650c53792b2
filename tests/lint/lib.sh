# Shared by the lints. Each lint is `NAME.sh ROOT` (prints what it finds as file:line: sentence, exit 1
# if anything) and `NAME.sh --self-test` (plants violations in a tree of its own and must find them).
set -euo pipefail
export LC_ALL=C

FOUND=0

# found WHERE SENTENCE
found() {
    printf '%s: %s\n' "$1" "$2"
    FOUND=$((FOUND + 1))
}

# finish WHAT CHECKED: exit status of the lint. Nothing checked at all is a failure, not a success.
finish() {
    if ((FOUND)); then
        printf '%s: %d violations\n' "$1" "$FOUND" >&2
        exit 1
    fi
    if (($2 == 0)); then
        printf '%s: nothing to check; hint: is the first argument the root of the source tree?\n' "$1" >&2
        exit 1
    fi
    printf '%s: %d files are clean\n' "$1" "$2"
}

# ---- self-tests ----

TREE=
new_tree() {
    TREE=$(mktemp -d)
    trap 'rm -rf "$TREE"' EXIT
}

# plant FILE: standard input becomes ROOT/FILE of the tree.
plant() {
    mkdir -p "$TREE/$(dirname "$1")"
    cat >"$TREE/$1"
}

# expect_found PATTERN: the lint refuses the tree and its output has a line that matches.
expect_found() {
    local output status=0
    output=$("$0" "$TREE" 2>&1) || status=$?
    if ((status != 1)) || ! grep -Eq -- "$1" <<<"$output"; then
        printf 'self-test: exit status %d; expected 1 and a line that matches %s, found:\n%s\n' \
            "$status" "$1" "$output" >&2
        exit 1
    fi
}

expect_clean() {
    local output
    if ! output=$("$0" "$TREE" 2>&1); then
        printf 'self-test: refused a clean tree:\n%s\n' "$output" >&2
        exit 1
    fi
}

# run_lint ARGUMENT: the lint itself or its self-test.
run_lint() {
    case ${1:-} in
        --self-test)
            self_test
            echo "self-test passed"
            ;;
        "" | -*)
            echo "usage: $0 ROOT | --self-test" >&2
            exit 2
            ;;
        *) lint "$1" ;;
    esac
}
