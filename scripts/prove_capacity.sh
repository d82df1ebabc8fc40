#!/usr/bin/env bash
# The runs of docs/PERFORMANCE.md: a spike of 1,500 users in the same moment and a capacity of
# 5,000, each against a server of its own on one processor, the generator on another; 20 of 500
# tickers per user and 70 ticks/s make 14,000 updates/s. Reports go to the folder given; with a
# second argument the plots of the capacity run go there too.
#   scripts/prove_capacity.sh FOLDER [PLOTS]        RAMP=300 HOLD=300 scripts/prove_capacity.sh …
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
out="${1:?a folder for the reports}"
plots="${2:-}"
mkdir -p "$out"
install_missing "${build_packages[@]}" util-linux
build release tickcast tickcast-load
ulimit -n "$(ulimit -Hn)"

server_pid=
trap '[ -z "$server_pid" ] || kill "$server_pid" 2>/dev/null || true' EXIT

# prove NAME GENERATOR'S FLAGS…
prove() {
    local name=$1 addresses="$out/addresses" clean=0
    shift
    taskset -c 0 build/release/src/tickcast --threads 1 --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 \
        --feed 'sim?tickers=500&rate=70' --log-level warn >"$addresses" &
    server_pid=$!
    await_server $server_pid "$addresses"
    say "$name"
    taskset -c 1 build/release/loadtest/tickcast-load "$name" "$@" --tickers-per-user 20 \
        --target "$(url_of public "$addresses")" --metrics "$(url_of admin "$addresses")" \
        --json "$out/$name.json" --html "$out/$name.html" --svg "$out/$name" --quiet || clean=1
    kill -TERM $server_pid
    wait $server_pid
    server_pid=
    rm "$addresses"
    return $clean
}

say "commit $(git rev-parse --short HEAD), $(nproc) processors, $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1), Linux $(uname -r)"
prove spike --ramp-seconds 0 --hold-seconds 60
prove capacity --ramp-seconds "${RAMP:-60}" --hold-seconds "${HOLD:-60}"
if [ -n "$plots" ]; then
    mkdir -p "$plots"
    cp "$out/capacity/"{connections,quote-latency,latency-distribution,processors,server-holds,server-memory}.svg "$plots"
fi
