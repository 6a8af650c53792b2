#!/usr/bin/env bash
# What compiles and yet has no place here: promises without an issue, ends of the program outside of
# its main file, asserts that a release build drops, places of one machine.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# ban FILES-PATTERN EXCEPT-PATTERN TEXT-PATTERN SENTENCE
ban() {
    local path number line
    # /dev/null: so that grep names the file also where there is only one.
    while IFS=: read -r path number line; do
        found "$path:$number" "$4: $line"
    done < <(grep -E "$1" <<<"$FILES" | grep -vE "${2:-^$}" |
        xargs -r -d '\n' grep -nE -- "$3" /dev/null || true)
}

lint() {
    cd "$1"
    FILES=$({ find src include tests sql scripts schemas -type f 2>/dev/null || true; } |
        grep -E '\.([ch]|sql|sh|py|txt|cmake|avsc)$|^scripts/' | grep -v '^tests/lint/' | sort)
    ban . '' '(TODO|FIXME)([^A-Za-z_]|$)' 'a promise; hint: file an issue instead'
    ban '\.[ch]$' '' $'\t|[[:space:]]+$' 'a tab, or space at the end of the line'
    ban '^src/.*\.c$' '^src/cli/main\.c$' '(^|[^A-Za-z_])exit\(' 'exit outside of src/cli/main.c'
    ban '^(src|include)/' '' '(^|[^A-Za-z_])assert\(|<assert\.h>' 'assert is dropped by a release build; hint: SM_ASSERT'
    ban '^src/' '^src/cli/' '(^|[^A-Za-z_])(printf|puts|putchar)\(|stdout' 'standard output belongs to the commands'
    ban '^(src|include|sql|scripts)/' '' '/home/|/root/' 'a place of one machine'
    finish banned "$(grep -c . <<<"$FILES" || true)"
}

self_test() {
    new_tree
    plant src/base/good.c <<<'/* exit_code(1) and snprintf(out) and SM_ASSERT(x) are fine. */'
    plant src/cli/main.c <<<'int main(void) { exit(1); }'
    expect_clean
    local line
    while IFS= read -r line; do
        plant src/base/bad.c <<<"$line"
        expect_found '^src/base/bad.c:1: '
    done <<'LINES'
/* TODO: later */
int a; 
	int a;
    exit(1);
    assert(a == 1);
    printf("a");
    fprintf(stdout, "a");
    open("/root/file");
LINES
    rm "$TREE/src/base/bad.c"
    plant sql/bad.sql <<<'-- FIXME'
    expect_found '^sql/bad.sql:1: a promise'
}

run_lint "${1:-}"
