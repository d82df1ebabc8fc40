#!/usr/bin/env bash
# all JavaScript is as prettier leaves it
# scripts/format.sh formats it.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
need_node
npm_packages "$root/web"
say "format of the JavaScript"
web/node_modules/.bin/prettier --check --log-level warn "${javascript[@]}"
