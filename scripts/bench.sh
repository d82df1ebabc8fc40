#!/usr/bin/env bash
# Measures the server beside two floors (tests/bench) on one processor, the generator on another,
# turn by turn, and writes table and plot into docs/PERFORMANCE.md. All takes three quarters of an
# hour on a machine with nothing else to do; --only a,b and --rounds 1 take less, and write nothing
# unless --write is given (tests/bench/bench.py --help).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_missing "${build_packages[@]}" python3 util-linux openssl
build release tickcast tickcast-load floor_server heap_probe
exec python3 tests/bench/bench.py "$@"
