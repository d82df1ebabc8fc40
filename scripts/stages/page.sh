#!/usr/bin/env bash
# the trader's page: types, logic, in Chromium on a server
# Files of tests alone: -- web/tests/browser/list.test.mjs. SCREENSHOTS=FOLDER keeps pictures of the
# page, dark, light and phone (and takes four minutes more, for the lines to grow).
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"

need_server
need_node
need_chromium
npm_packages "$root/web"

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
node web/tools/assemble.mjs "$scratch/page" >/dev/null
export TICKCAST_BIN="$server" TICKCAST_WEB_ROOT="$scratch/page"
if [ $# != 0 ]; then
    node --test "$@"
    exit
fi

cd web
say "types of the page"
node_modules/.bin/tsc -p tests

say "the page's modules under node $(node --version)"
node --test tests/unit/*.test.mjs

say "the page in $("${CHROMIUM:-/usr/bin/chromium}" --version 2>/dev/null)"
alone=tests/browser/many.test.mjs # asks whether frames come in time
others=()
for file in tests/browser/*.test.mjs; do
    [ "$file" = "$alone" ] || others+=("$file")
done
timeout -k 30 600 node --test --test-concurrency=2 "${others[@]}"
timeout -k 30 600 node --test "$alone"
