#!/usr/bin/env bash
# the JavaScript client: types, logic, against a server, the examples of CLIENTS.md
# It runs over WebSocket and SSE; the examples are Node, Python and curl, and pages and React in
# Chromium. Files of tests alone: -- web/client/tests/pulse.test.js
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"

need_server
need_node
need_chromium
install_missing "${client_packages[@]}"
npm_packages "$root/web"
export TICKCAST_BIN="$server"
if [ $# != 0 ]; then
    exec node --test "$@"
fi

cd "$root/web/client"

say "types of the client"
npm run --silent types

say "the client under node $(node --version)"
timeout -k 30 600 npm run --silent test
