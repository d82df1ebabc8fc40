#!/usr/bin/env bash
# Checks the JavaScript client of web/client: its types, its logic, itself against a real server over WebSocket and
# SSE, and the examples of docs/CLIENTS.md (Node, Python, curl; pages and React in Chromium).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

server="${TICKCAST_BIN:-$root/build/release/src/tickcast}"
[ -x "$server" ] || build release tickcast

need_node
need_chromium
install_missing curl python3 python3-websockets
npm_packages "$root/web"

cd "$root/web/client"
say "types of the client"
npm run --silent types

say "the client under node $(node --version)"
TICKCAST_BIN="$server" timeout -k 30 600 npm run --silent test
