#!/usr/bin/env bash
# The README's tables of options, exit codes, events, configurations and rejection codes are what the
# program (SECRETMAGIC_BINARY) prints, all of them are there, and the README names every command.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../scripts" && pwd -P)
SUBJECTS=(options exit-codes events references waits configs codes)

lint() {
    local subject command line copy checked=0
    cd "$1"
    copy=$(mktemp)
    cp README.md "$copy"
    "$SCRIPTS/readme" "$copy"
    while IFS= read -r line; do
        found README.md "a table is not what the program prints; hint: scripts/readme: $line"
    done < <(diff README.md "$copy" || true)
    rm "$copy"
    for subject in "${SUBJECTS[@]}"; do
        grep -qxF "<!-- begin: secretmagic help --markdown $subject -->" README.md ||
            found README.md "the table of $subject is missing"
        checked=$((checked + 1))
    done
    while read -r command; do
        grep -qE "secretmagic $command|\`$command\`" README.md || found README.md "the command $command is not named"
    done < <("$SECRETMAGIC_BINARY" help | sed -n 's/^  \([a-z-]*\)  .*/\1/p')
    finish options "$checked"
}

self_test() {
    new_tree
    local subject
    {
        for subject in "${SUBJECTS[@]}"; do
            printf '<!-- begin: secretmagic help --markdown %s -->\n<!-- end -->\n' "$subject"
        done
        echo 'secretmagic run, migrate, emit, status, lag, verify, replay, schemas, parked, dead-letters, tenants, erase-client, help,' \
            'version' |
            sed 's/[a-z-]*/`&`/g'
    } >"$TREE/README.md"
    expect_found 'scripts/readme: > \| `--brokers'
    "$SCRIPTS/readme" "$TREE/README.md"
    expect_clean
    sed -i 's/1 to 8/1 to 9/' "$TREE/README.md"
    expect_found '1 to 9'
    "$SCRIPTS/readme" "$TREE/README.md"
    sed -i '/markdown codes/d' "$TREE/README.md"
    expect_found 'table of codes is missing'
    sed -i 's/`verify`//' "$TREE/README.md"
    expect_found 'command verify is not named'
}

: "${SECRETMAGIC_BINARY:?the program whose tables are compared}"
run_lint "${1:-}"
