#!/usr/bin/env bash
# clang-tidy over src
# Some files alone: -- src/hub/fan_out.cpp
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${tidy_packages[@]}"
configure release
files=("$@")
[ $# != 0 ] || mapfile -t files < <(find src -name '*.cpp')
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 4 "clang-tidy-$clang" -p build/release --quiet \
    --extra-arg=-Wno-unknown-warning-option
