#!/usr/bin/env bash
# the server inside the test's process: torture, TLS key updates
# One program alone: -- stream_torture_test
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}"
if [ $# != 0 ]; then
    one_program release "$@"
    exit
fi
build release integration_tests
run_ctest release -j2 -L '^integration$'
