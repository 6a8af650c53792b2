#!/usr/bin/env bash
# usage: avro_differential.sh COMPARE [OPTION...]: runs avro_differential_test.py with the fastavro that
# scripts/setup installed. Debian's Python, whatever else is first in the path.
set -euo pipefail

# shellcheck source=scripts/lib/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib/common.sh"

name_folders "$(find_folder "$ROOT/.stack")"
[[ -d $DEPS/python/fastavro ]] || fail "fastavro is not installed" "run scripts/setup"
exec /usr/bin/python3 -B "$ROOT/tests/contract/avro_differential_test.py" "$1" "$DEPS/python" "${@:2}"
