#!/usr/bin/env bash
# C++ is as clang-format leaves it, and all text is within 100 columns
# scripts/format.sh formats the C++; lines that are too long are listed and left to you.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
install_missing "${format_packages[@]}"
cpp_files | xargs "clang-format-$clang" --dry-run -Werror
/usr/bin/python3 -B tests/repository/line_width.py
