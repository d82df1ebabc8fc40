#!/usr/bin/env bash
# the instructions of a tick's encoding, marking and frame, against recorded counts
# -- --record writes the counts to tests/guard/recorded.json.
# They are counted under callgrind and can differ by ten per cent either way. It takes ten seconds;
# other work of the machine does not matter.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${instruction_packages[@]}"
build release instruction_guard
"${pytest[@]}" tests/guard
exec build/release/tests/guard/instruction_guard "$@"
