#!/usr/bin/env bash
# Checks the JavaScript client of web/client: its types, its logic, itself against a real server over WebSocket and
# SSE, and the examples of docs/CLIENTS.md (Node, Python, curl; pages and React in Chromium).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

server="${TICKCAST_BIN:-$root/build/release/src/tickcast}"
[ -x "$server" ] || build release tickcast

command -v node >/dev/null && command -v npm >/dev/null || install_missing nodejs npm
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || install_missing chromium
install_missing curl python3 python3-websockets

cd "$root/web"
# npm leaves its own copy of the lock file behind, so that a tree which is as it should be costs no request.
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    npm ci --no-audit --no-fund --loglevel=error
    touch node_modules/.package-lock.json
fi

cd "$root/web/client"
say "types of the client"
npm run --silent types

say "the client under node $(node --version)"
TICKCAST_BIN="$server" npm run --silent test
