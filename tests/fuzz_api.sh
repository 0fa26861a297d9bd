#!/usr/bin/env bash
# Asks the API what its OpenAPI document allows, and what it does not, and compares the answers with the document.
#
#   tests/fuzz_api.sh [--binary PATH] [--db URL] [--cases N] [--seconds N] [--seed N]
#
# --cases   for each operation (default 20); with about 70 operations, 300 are about 20 000
# --seconds at most (default 0: as long as it takes)
# --seed    asks the same again; without it something else each time
# --db      `sqlite` (default) or `postgres` for one of its own, or a URL
# Needs Python 3 with venv, and livekit-server or Go to build it; for a Postgres of its own, its programs
# (tests/packages.sh). What is installed is kept in TROUPE_CACHE.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
binary=${CARGO_TARGET_DIR:-$root/target}/debug/troupe db=sqlite cases=20 seconds=0 seed=()
while [ $# -gt 0 ]; do
    case $1 in
        --binary) binary=$(realpath "$2") ;;
        --db) db=$2 ;;
        --cases) cases=$2 ;;
        --seconds) seconds=$2 ;;
        --seed) seed=(--seed "$2") ;;
        *) sed -n '2,11p' "$0" >&2; exit 2 ;;
    esac
    shift 2
done
schemathesis_version=4.32.5 blake3_version=1.0.11
cache=${TROUPE_CACHE:-$HOME/.cache/troupe}
folder=$(mktemp -d) cluster=
report=${TROUPE_FUZZ_REPORT:-$folder/report.json} postgres=${TROUPE_TEST_PG_BIN:-}
pids=()
finish() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$folder" "$cluster"
}
trap finish EXIT

venv=$cache/schemathesis-$schemathesis_version-blake3-$blake3_version
if [ ! -e "$venv/complete" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet "schemathesis==$schemathesis_version" "blake3==$blake3_version" || {
        echo 'pip could not install Schemathesis; is its package index within reach?' >&2
        exit 1
    }
    touch "$venv/complete"
fi
livekit=$(command -v livekit-server || true)
if [ -z "$livekit" ]; then
    version=$(sed -n 's/.*VERSION: &str = "\(v[0-9.]*\)".*/\1/p' "$root/src/devserver/locate.rs")
    livekit=$cache/bin/livekit-server-$version
    if [ ! -x "$livekit" ]; then
        GOBIN=$folder go install "github.com/livekit/livekit-server/cmd/server@$version"
        mkdir -p "$cache/bin"
        mv "$folder/server" "$livekit"
    fi
fi

port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
answers() { # URL
    for _ in $(seq 150); do
        python3 -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1])' "$1" 2>/dev/null && return
        sleep 0.2
    done
    echo "$1 does not answer" >&2
    return 1
}

# Starts a Postgres in a folder of its own, reached over a socket there, as somebody whom Postgres takes.
own_postgres() {
    local programs=$postgres owner=postgres as=()
    [ -n "$programs" ] || programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
    [ -n "$programs" ] || programs=$(dirname "$(command -v initdb || echo ./initdb)")
    [ -x "$programs/initdb" ] || { echo 'needs Postgres: tests/packages.sh postgresql' >&2; return 1; }
    cluster=$(mktemp -d)
    if [ "$(id -u)" = 0 ]; then
        id "$owner" >/dev/null 2>&1 || owner=nobody
        as=(setpriv --reuid "$owner" --regid "$(id -g "$owner")" --clear-groups)
        chown "$owner" "$cluster"
    fi
    "${as[@]}" "$programs/initdb" -D "$cluster/data" -U troupe -A trust -E UTF8 --locale=C --no-sync \
        >"$folder/initdb.log" || return 1
    "${as[@]}" "$programs/postgres" -D "$cluster/data" -k "$cluster" -c listen_addresses= -c fsync=off \
        >"$folder/postgres.log" 2>&1 &
    pids+=($!)
    for _ in $(seq 150); do
        "$programs/pg_isready" --quiet -h "$cluster" && break
        sleep 0.2
    done
    "$programs/createdb" -h "$cluster" -U troupe fuzz || { cat "$folder/postgres.log" >&2; return 1; }
    db="postgres://troupe@localhost/fuzz?host=$cluster"
}

# Nothing of the user's own configuration.
for variable in $(env | sed -n 's/^\(TROUPE_[A-Z_]*\|LIVEKIT_[A-Z_]*\|OPENAI_[A-Z_]*\)=.*/\1/p'); do unset "$variable"; done
case $db in
    sqlite) db=sqlite:$folder/fuzz.sqlite ;;
    postgres) own_postgres ;;
esac
livekit_port=$(port) api_port=$(port)
"$livekit" --dev --bind 127.0.0.1 --config-body "{port: $livekit_port, rtc: {tcp_port: $(port), udp_port: $(port)}}" \
    >"$folder/livekit.log" 2>&1 &
pids+=($!)
export LIVEKIT_URL=ws://127.0.0.1:$livekit_port TROUPE_DB=$db TROUPE_LOG=warn
# What Postgres has no place for is kept beside a server's other data.
export XDG_DATA_HOME=$folder/data
# Its webhooks lead to a port of this machine where nobody listens.
export TROUPE_WEBHOOK_ALLOW_PRIVATE=true
# The fuzzer asks as often as it can, and starts rooms that it forgets.
export TROUPE_RATE_PER_KEY=0 TROUPE_RATE_PER_PROJECT=0 TROUPE_PROJECT_ROOMS_MAX=0 TROUPE_PROJECT_MINUTES_PER_DAY=0
cd "$folder"
# Without models: a character that no model answers for is told of at once, and none is fetched meanwhile.
export TROUPE_CACHE=$folder/cache
"$binary" serve --offline --listen "127.0.0.1:$api_port" >"$folder/api.log" 2>&1 &
pids+=($!)
answers "http://127.0.0.1:$livekit_port" && answers "http://127.0.0.1:$api_port/healthz"
SECRET_KEY=$("$binary" keys create --project fuzz --kind secret)
USER_KEY=$("$binary" keys create --project fuzz --kind user --user fuzz)
WORKER_KEY=$("$binary" keys create --project fuzz --kind worker)
export SECRET_KEY USER_KEY WORKER_KEY

cp "$root"/tests/fuzz/* "$folder"
limit=(); [ "$seconds" -eq 0 ] || limit=(--max-time "$seconds")
outcome=0
# One worker: Python 3.11 now and then fails to parse in two threads at once (python/cpython#106905).
PYTHONPATH=$folder "$venv/bin/schemathesis" --config-file "$folder/schemathesis.toml" run \
    "http://127.0.0.1:$api_port/openapi.json" \
    --checks all --max-examples "$cases" --workers 1 "${limit[@]}" "${seed[@]}" \
    --report json --report-json-path "$report" || outcome=$?
if grep -E ' (ERROR|panicked)' "$folder/api.log" | head -20; then
    echo 'the server logged errors' >&2
    outcome=1
fi
exit "$outcome"
