#!/usr/bin/env bash
# Checks the trader's page of web/: its modules' types, their logic under node, and the page in Chromium on a real server that
# serves it. SCREENSHOTS=FOLDER keeps pictures of it, dark, light and phone (and takes four minutes more, for the lines to grow).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

server="${TICKCAST_BIN:-$root/build/release/src/tickcast}"
[ -x "$server" ] || build release tickcast

need_node
need_chromium
npm_packages "$root/web"

cd "$root/web"
say "types of the page"
node_modules/.bin/tsc -p tests

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
node tools/assemble.mjs "$scratch/page" >/dev/null

say "the page's modules under node $(node --version)"
node --test tests/unit/*.test.mjs

say "the page in $("${CHROMIUM:-/usr/bin/chromium}" --version 2>/dev/null)"
export TICKCAST_BIN="$server" TICKCAST_WEB_ROOT="$scratch/page"
alone=tests/browser/many.test.mjs # asks whether frames come in time
others=()
for file in tests/browser/*.test.mjs; do
    [ "$file" = "$alone" ] || others+=("$file")
done
timeout -k 30 600 node --test --test-concurrency=2 "${others[@]}"
timeout -k 30 600 node --test "$alone"
