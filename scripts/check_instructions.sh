#!/usr/bin/env bash
# Counts the instructions of a tick's encoding, marking and frame under callgrind and compares them with tests/guard/recorded.json, ten per cent
# either way. --record writes them there instead. Takes ten seconds; what else the machine does meanwhile does not matter.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
install_missing "${build_packages[@]}" python3 python3-pytest valgrind
build release instruction_guard
/usr/bin/python3 -B -m pytest -q -p no:cacheprovider tests/guard
exec build/release/tests/guard/instruction_guard "$@"
