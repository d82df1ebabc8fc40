#!/usr/bin/env bash
# Formats all C++ with clang-format and all JavaScript with prettier, in place.
source "$(dirname "${BASH_SOURCE[0]}")/stage.sh"
install_missing "${format_packages[@]}"
need_node
npm_packages "$root/web"
cpp_files | xargs "clang-format-$clang" -i
web/node_modules/.bin/prettier --write --log-level warn "${javascript[@]}"
