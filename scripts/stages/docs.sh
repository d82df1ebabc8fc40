#!/usr/bin/env bash
# the documents: their form, the commands in them, the API pages
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
install_missing "${docs_packages[@]}"
say "text"
"${pytest[@]}" tests/repository

need_server
need_node
need_chromium
npm_packages "$root/web"
say "assembling, and the API pages"
TICKCAST_BIN="$server" timeout -k 30 600 npm --prefix web run --silent test:docs
