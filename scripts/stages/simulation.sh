#!/usr/bin/env bash
# the whole server in a simulated world: 1,000 seeds
# One again: -- --seed 1468 --verbose. More: -- --seed 1 --seeds 10000
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}"
build release simulation
simulation=build/release/tests/simulation/simulation
if [ $# != 0 ]; then
    exec "$simulation" "$@"
fi
seq 1 100 1000 | xargs -P "$(nproc)" -n 1 "$simulation" --seeds 100 --seed
