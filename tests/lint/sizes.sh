#!/usr/bin/env bash
# The hard limits of length. What is longer is a request to split, not to raise the limit.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# scan LINES_MAX FILE: awk tells what is too long. A function is what lies between a `{` and a `}`
# in the first column, with the lines of its signature.
scan() {
    awk -v file="$2" -v lines_max="$1" -v function_max=70 -v columns_max=100 '
        # A row of an X-list is one line whatever its length: it is a table.
        !/^ *X\(.*\) *(\/\*.*\*\/ *)?\\?$/ {
          text = $0
          gsub(/[\200-\277]/, "", text) # characters, not bytes
          if (length(text) > columns_max)
              printf "%s:%d: %d columns; expected at most %d\n", file, NR, length(text), columns_max }
        /^[A-Za-z_].*\(/ && !inside { start = NR; name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name) }
        /^\{/ { inside = 1 }
        /^\}/ { if (inside && NR - start + 1 > function_max)
                    printf "%s:%d: %s has %d lines; expected at most %d\n", file, start, name, NR - start + 1, function_max
                inside = 0 }
        END { if (NR > lines_max)
                  printf "%s:%d: %d lines; expected at most %d\n", file, NR, NR, lines_max }' "$2"
}

lint() {
    local checked=0 path lines_max output
    cd "$1"
    while IFS= read -r path; do
        checked=$((checked + 1))
        case $path in
            src/cli/main.c) lines_max=120 ;;
            *.h) lines_max=200 ;;
            *) lines_max=600 ;;
        esac
        output=$(scan "$lines_max" "$path")
        while IFS= read -r line; do
            [[ -n $line ]] && found "${line%%: *}" "${line#*: }"
        done <<<"$output"
    done < <(find src include tests -name '*.[ch]' 2>/dev/null | sort)
    finish sizes "$checked"
}

# repeat COUNT LINE
repeat() {
    for ((i = 0; i < $1; i++)); do printf '%s\n' "$2"; done
}

self_test() {
    new_tree
    {
        printf 'static int short_one(int a,\n                     int b)\n{\n'
        repeat 66 '    a++;'
        printf '}\n'
        printf '// %s\n' "$(repeat 97 'ü' | tr -d '\n')"
        printf '    X(A, "%s") \\\n' "$(repeat 120 'x' | tr -d '\n')"
        repeat 527 'int a;'
    } | plant src/base/good.c
    repeat 200 'int a;' | plant include/base/good.h
    repeat 120 'int a;' | plant src/cli/main.c
    expect_clean
    repeat 601 'int a;' | plant src/base/bad.c
    expect_found '^src/base/bad.c:601: 601 lines; expected at most 600'
    { printf 'int long_one(void)\n{\n' && repeat 68 '    a++;' && printf '}\n'; } | plant src/base/bad.c
    expect_found '^src/base/bad.c:1: long_one has 71 lines'
    { printf '// ' && repeat 98 'x' | tr -d '\n'; } | plant src/base/bad.c
    expect_found '^src/base/bad.c:1: 101 columns'
    rm "$TREE/src/base/bad.c"
    repeat 201 'int a;' | plant include/base/bad.h
    expect_found '^include/base/bad.h:201: 201 lines; expected at most 200'
    rm "$TREE/include/base/bad.h"
    repeat 121 'int a;' | plant src/cli/main.c
    expect_found '^src/cli/main.c:121'
}

run_lint "${1:-}"
