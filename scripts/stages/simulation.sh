#!/usr/bin/env bash
# the whole server in a simulated world: 2,000 seeds, others each day
# One again: -- --seed 1468 --verbose. More: -- --seed 1 --seeds 10000
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}"
build release simulation
simulation=build/release/tests/simulation/simulation
if [ $# != 0 ]; then
    exec "$simulation" "$@"
fi
seeds=2000
first=$(($(date -u +%s) / 86400 * seeds))
say "seeds $first to $((first + seeds - 1))"
seq "$first" 100 $((first + seeds - 1)) |
    xargs -P "$(nproc)" -n 1 "$simulation" --seeds 100 --seed
