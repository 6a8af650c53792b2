#!/usr/bin/env bash
# Every include line against the table of layers: who may see whom, and which third-party library.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Layers that a layer may include, besides itself.
declare -A MAY=(
    [base]=""
    [domain]="base"
    [codec]="base domain"
    [ports]="base domain"
    [engine]="base domain codec ports"
    [kafka]="base domain ports"
    [postgres]="base domain ports"
    [registry]="base domain ports"
    [http]="base domain codec engine"
    [cli]="base domain codec ports engine kafka postgres registry http"
)
# Third-party headers that only this layer may include; each library has one home.
declare -A LIBRARY=(
    [base]='openssl/.*|uuid/uuid\.h|sanitizer/asan_interface\.h'
    [codec]='jansson\.h|avro\.h|avro/.*'
    [kafka]='librdkafka/.*'
    [postgres]='libpq-fe\.h'
    [registry]='curl/.*'
    [http]='microhttpd\.h'
)
# libc. A header that is not here is either third-party or new: the table must say so. What can do
# I/O, tell time or allocate is not for the pure domain.
PURE='stdarg|stdbool|stddef|stdint|string|limits|inttypes|stdalign'
LIBC="$PURE|assert|ctype|dirent|errno|fcntl|getopt|poll|pthread|signal|stdatomic|stdio|stdlib|strings|time"
LIBC="$LIBC|unistd|termios|netdb|arpa/inet|netinet/(in|tcp)|spawn"
LIBC="$LIBC|sys/(eventfd|ioctl|mman|random|resource|socket|stat|time|types|un|utsname|wait)"

# check_quoted LAYER WHERE HEADER
check_quoted() {
    local target=${3%%/*}
    if [[ $3 != */* ]]; then
        found "$2" "\"$3\" is included without its layer; expected \"layer/module.h\""
    elif [[ $target != "$1" && " ${MAY[$1]} " != *" $target "* ]]; then
        found "$2" "$1 includes $3; it may see only itself and: ${MAY[$1]:-nothing}"
    elif [[ $target != "$1" && $3 == *_priv.h ]]; then
        found "$2" "$1 includes $3, which is private to $target"
    elif [[ $2 == include/* && $3 == *_priv.h ]]; then
        found "$2" "a public header includes $3, which is private"
    fi
}

# check_angled LAYER WHERE HEADER
check_angled() {
    local libc=$LIBC
    [[ $1 == domain ]] && libc=$PURE
    if ! [[ $3 =~ ^(($libc)\.h)$ || (-n ${LIBRARY[$1]:-} && $3 =~ ^(${LIBRARY[$1]:-})$) ]]; then
        found "$2" "$1 may not include <$3>"
    fi
}

lint() {
    local checked=0 path layer number header line
    cd "$1"
    while IFS= read -r path; do
        checked=$((checked + 1))
        layer=${path#*/}
        layer=${layer%%/*}
        if [[ -z ${MAY[$layer]+known} ]]; then
            found "$path" "no layer is called $layer; hint: the table is in tests/lint/layers.sh"
            continue
        fi
        while IFS=: read -r number line; do
            if [[ $line =~ ^[[:space:]]*\#[[:space:]]*include[[:space:]]*\"([^\"]+)\" ]]; then
                check_quoted "$layer" "$path:$number" "${BASH_REMATCH[1]}"
            elif [[ $line =~ ^[[:space:]]*\#[[:space:]]*include[[:space:]]*\<([^>]+)\> ]]; then
                check_angled "$layer" "$path:$number" "${BASH_REMATCH[1]}"
            else
                found "$path:$number" "an include line that this lint cannot read: $line"
            fi
        done < <(grep -nE '^[[:space:]]*#[[:space:]]*include' "$path" || true)
    done < <(find src include -mindepth 2 -name '*.[ch]' 2>/dev/null | sort)
    finish layers "$checked"
}

self_test() {
    new_tree
    plant src/domain/good.c <<<'#include "domain/good.h"
#include "base/slice.h"
#include <string.h>'
    plant src/kafka/good.c <<<'#include <librdkafka/rdkafka.h>
#include "ports/source.h"'
    expect_clean
    plant src/domain/bad.c <<<'#include "engine/engine.h"'
    expect_found '^src/domain/bad.c:1: domain includes engine/engine.h'
    plant src/domain/bad.c <<<'#include <time.h>'
    expect_found '^src/domain/bad.c:1: domain may not include <time.h>'
    plant src/domain/bad.c <<<'#include "base/base_priv.h"'
    expect_found 'private to base'
    plant src/domain/bad.c <<<'#include "slice.h"'
    expect_found 'without its layer'
    plant src/domain/bad.c <<<'#include SOME_MACRO'
    expect_found 'cannot read'
    rm "$TREE/src/domain/bad.c"
    plant src/engine/bad.c <<<'#include <libpq-fe.h>'
    expect_found '^src/engine/bad.c:1: engine may not include <libpq-fe.h>'
    rm "$TREE/src/engine/bad.c"
    plant src/postgres/bad.c <<<'  #  include "kafka/client.h"'
    expect_found 'postgres includes kafka/client.h'
    rm "$TREE/src/postgres/bad.c"
    plant include/cli/bad.h <<<'#include "cli/cli_priv.h"'
    expect_found 'a public header includes'
    rm "$TREE/include/cli/bad.h"
    plant src/attic/bad.c <<<'int nothing;'
    expect_found 'no layer is called attic'
    rm -r "$TREE/src" "$TREE/include"
    expect_found 'nothing to check'
}

run_lint "${1:-}"
