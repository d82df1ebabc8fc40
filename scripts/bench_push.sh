#!/usr/bin/env bash
# Measures the cost of large pushes for others: the largest gaps of a stream and the slowest calls,
# with and without them. Takes four minutes (tests/bench/push_gaps.py --help); writes nothing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_missing "${build_packages[@]}" python3
build release tickcast
exec python3 tests/bench/push_gaps.py "$@"
