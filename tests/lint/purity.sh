#!/usr/bin/env bash
# The domain is pure, as a fact of linking: compiled plainly, its objects call nothing but the base
# and a handful of libc's functions that touch memory only, hold no data that could change, and use
# no floating point. Considered: looking at the library of the build at hand; sanitizers add symbols
# and data of their own, so this lint compiles the domain by itself.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# bcmp is what clang makes of a memcmp that only asks for equality.
MEMORY='bcmp|memchr|memcmp|memcpy|memmove|memset|strlen'
# vsnprintf is for the sentences of rejections, and for nothing else. The compiler may ask for the
# offset table that position-independent code goes by.
allowed_in() {
    case $1 in
        rejection) echo "sm_.*|$MEMORY|vsnprintf|_GLOBAL_OFFSET_TABLE_" ;;
        *) echo "sm_.*|$MEMORY|_GLOBAL_OFFSET_TABLE_" ;;
    esac
}
# Parts of the base that read clocks, write lines or allocate.
IMPURE='sm_wall_us|sm_monotonic_us|sm_log.*|sm_buf_.*|sm_arena_init|sm_arena_deinit'

# check_object NAME OBJECT
check_object() {
    local where="src/domain/$1.c" symbol section
    while read -r symbol; do
        if ! [[ $symbol =~ ^($(allowed_in "$1"))$ ]] || [[ $symbol =~ ^($IMPURE)$ ]]; then
            found "$where" "calls $symbol, which is not pure"
        fi
    done < <(nm -u "$2" | awk '{ print $NF }')
    # .data.rel.ro is written by the loader only: tables of pointers to constants.
    while read -r symbol section; do
        case $section in
            .data.rel.ro*) ;;
            .data* | .bss* | '*COM*' | .tdata* | .tbss*)
                found "$where" "holds $symbol in $section, which can change"
                ;;
        esac
    done < <(nm -f sysv "$2" | awk -F'|' 'NF >= 7 { gsub(/ /, "", $1); gsub(/ /, "", $7); print $1, $7 }')
}

# Registers of floating point: xmm also moves memory, so arithmetic and conversions are looked for.
check_floating_point() {
    local path
    for path in src/domain/*.c include/domain/*.h; do
        while IFS=: read -r number line; do
            found "$path:$number" "floating point: $line"
        done < <(sed -e 's,/\*.*\*/,,; s,^ \*.*,,; s,/\*.*,,; s,"[^"]*",,g' "$path" |
            grep -nwE 'float|double|_Complex|FLT_[A-Z]+|DBL_[A-Z]+' || true)
    done
}

lint() {
    local checked=0 objects path name
    cd "$1"
    objects=$(mktemp -d)
    trap 'rm -rf "$objects"' EXIT
    shopt -s nullglob
    for path in src/domain/*.c; do
        name=$(basename "$path" .c)
        "${CC:-cc}" -std=c17 -D_GNU_SOURCE -O1 -fPIC -fno-stack-protector -U_FORTIFY_SOURCE -Iinclude -Isrc \
            -include include/base/banned.h -c "$path" -o "$objects/$name.o"
        check_object "$name" "$objects/$name.o"
        checked=$((checked + 1))
    done
    check_floating_point
    # The trap's variable is local: clean up here, while it is known.
    rm -rf "$objects"
    trap - EXIT
    finish purity "$checked"
}

self_test() {
    new_tree
    plant include/base/banned.h <<<'#include <stdio.h>'
    plant include/domain/good.h <<<'/* A double meaning, afloat. */'
    plant src/domain/good.c <<<'#include <string.h>
static const char *const names[] = { "float", "double" };
int sm_good(const char *text);
const char *sm_name(int i);
const char *sm_name(int i) { return names[i]; }
int sm_good(const char *text) { return (int)strlen(text); }'
    plant src/domain/rejection.c <<<'#include <stdarg.h>
#include <stdio.h>
int sm_say(char *out, const char *format, va_list arguments);
int sm_say(char *out, const char *format, va_list arguments) { return vsnprintf(out, 9, format, arguments); }'
    expect_clean
    plant src/domain/bad.c <<<'#include <stdlib.h>
void *sm_bad(void);
void *sm_bad(void) { return malloc(7); }'
    expect_found '^src/domain/bad.c: calls malloc, which is not pure'
    plant src/domain/bad.c <<<'#include <stdarg.h>
#include <stdio.h>
int sm_bad(char *out, const char *format, va_list arguments);
int sm_bad(char *out, const char *format, va_list arguments) { return vsnprintf(out, 9, format, arguments); }'
    expect_found '^src/domain/bad.c: calls vsnprintf'
    plant src/domain/bad.c <<<'void sm_log_line(void);
void sm_bad(void);
void sm_bad(void) { sm_log_line(); }'
    expect_found 'calls sm_log_line'
    plant src/domain/bad.c <<<'int sm_bad(void);
int sm_bad(void) { static int calls; return ++calls; }'
    expect_found 'holds (sm_bad\.)?calls.* in .bss, which can change'
    plant src/domain/bad.c <<<'int sm_bad[] = { 1, 2 };'
    expect_found 'holds sm_bad in .data, which can change'
    plant src/domain/bad.c <<<'int sm_bad(long a);
int sm_bad(long a) { return (double)a > 0.5; }'
    expect_found '^src/domain/bad.c:2: floating point'
}

run_lint "${1:-}"
