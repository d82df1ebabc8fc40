#!/usr/bin/env bash
# Soaks the release binary for MINUTES, plain and with TLS side by side: churn, slow and rude
# clients, pauses, reloads, no descriptors, pushes (docs/internals/soak.md). Exit status 1 and the
# verdict's name where one fails. With --out FOLDER it leaves a report there.
#   scripts/soak.sh MINUTES [--seed N] [--out FOLDER] [--users N] [--deeds N] [--ticks N]
source "$(dirname "${BASH_SOURCE[0]}")/stage.sh"
install_missing "${build_packages[@]}" "${e2e_packages[@]}"
build release tickcast tickcast-load heap_probe
export TICKCAST_BIN="${TICKCAST_BIN:-$PWD/build/release/src/tickcast}"
exec /usr/bin/python3 -B tests/soak/soak.py "$@"
