#!/usr/bin/env bash
# Formats all C++ with clang-format, in place.
source "$(dirname "${BASH_SOURCE[0]}")/stage.sh"
install_missing "${format_packages[@]}"
cpp_files | xargs "clang-format-$clang" -i
