#!/usr/bin/env bash
# C++ is as clang-format leaves it
# scripts/format.sh formats it.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
install_missing "${format_packages[@]}"
cpp_files | xargs "clang-format-$clang" --dry-run -Werror
