#!/usr/bin/env bash
# Not a test: what readers' queries cost among many clients.
#
#   tests/contract/readers_bench.sh SECRETMAGIC CONNECTION [CLIENTS]
#
# SECRETMAGIC is the program; CONNECTION names an empty database, "host=… user=… dbname=…", whose owner the user
# is. With 1,000,000 clients (the default is 100,000) it needs 15 GB of disk and some minutes.
set -euo pipefail

folder=$(dirname "${BASH_SOURCE[0]}")
program=${1:?the program secretmagic is not named}
database=${2:?no connection string}
clients=${3:-100000}

ask() { psql -X -q -v ON_ERROR_STOP=1 "$database" "$@"; }

"$program" migrate --database "$database" >/dev/null
if [[ $(ask -At -c 'SELECT count(*) FROM clients') == 0 ]]; then
    time ask -v clients="$clients" -f "$folder/readers_fill.sql"
fi
client=$(ask -At -c "SELECT md5('c' || $((clients / 2 + 1)))::uuid")
ask -v client="$client" -f "$folder/readers_ask.sql"
