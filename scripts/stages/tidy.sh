#!/usr/bin/env bash
# clang-tidy over src
# Some files alone: -- src/hub/fan_out.cpp
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${tidy_packages[@]}"

# tidy PRESET FILE… [-- FLAG…]
tidy() {
    local preset=$1 files=()
    shift
    while [ $# != 0 ] && [ "$1" != -- ]; do
        files+=("$1")
        shift
    done
    printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 "clang-tidy-$clang" -p "build/$preset" \
        --quiet --extra-arg=-Wno-unknown-warning-option "${@:2}"
}

if [ $# != 0 ]; then
    configure release
    tidy release "$@"
    exit
fi
# All: what CMake's unity build makes of them, a file per module. So a header is parsed and checked
# once, not with each source: seven times as fast. These files include sources, and no other may.
if grep -rnE '#include .*\.(c|cc|cpp|cxx)[">]' src; then
    echo "a source file is included" >&2
    exit 1
fi
cmake --preset tidy >/dev/null # each time: ninja, which would repeat it, is not called
files=()
while read -r file; do
    case $file in "$root"/src/* | "$root"/build/tidy/src/*) files+=("$file") ;; esac
done < <(sed -n 's/^ *"file": "\(.*\)",\?$/\1/p' build/tidy/compile_commands.json)
tidy tidy "${files[@]}" -- --checks=-bugprone-suspicious-include
