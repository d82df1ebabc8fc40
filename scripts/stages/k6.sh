#!/usr/bin/env bash
# the k6 scripts of loadtest: types, logic, each one against a server
# Types are checked against @types/k6, logic runs under node. Each script runs against a real server
# on a stand-in of k6's modules and, where k6 is on PATH, by k6 itself (20 users, seconds).
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"

need_server
need_node
npm_packages "$root/loadtest"
cd "$root/loadtest"

say "types of the k6 scripts"
npm run --silent check

say "k6 scripts under node $(node --version)"
TICKCAST_BIN="$server" timeout -k 30 600 npm run --silent test

if ! command -v k6 >/dev/null; then
    say "SKIPPED: k6 is not on PATH, so the scripts ran on its stand-in alone"
    exit 0
fi

scratch="$(mktemp -d)"
# A session is kept a little longer than a user of churn.js pauses before its return, so that each
# run soon ends at zero.
"$server" --listen 127.0.0.1:0 --admin-listen 127.0.0.1:0 --detached-seconds 5 >"$scratch/addresses" &
pid=$!
trap 'kill $pid 2>/dev/null || true; rm -rf "$scratch"' EXIT
await_server $pid "$scratch/addresses"
k6_version="$(k6 version)"
for script in smoke spike capacity soak churn; do
    say "$script.js on ${k6_version%%$'\n'*}"
    k6 run --quiet -e "BASE_URL=$(url_of public "$scratch/addresses")" \
        -e "ADMIN_URL=$(url_of admin "$scratch/addresses")" -e "SUMMARY_DIR=$scratch" \
        -e VUS=20 -e RAMP=2s -e HOLD=5s -e DOWN=1s -e VISIT=2s -e SLACK=4 "$script.js"
    grep -q '"passed": true' "$scratch/summary-$script.json" || {
        echo "$script.js: its summary does not say that it passed" >&2
        exit 1
    }
done
