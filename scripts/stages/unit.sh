#!/usr/bin/env bash
# unit tests
# One program alone: -- hub_test --gtest_filter='TickMailbox.*'
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${unit_packages[@]}"
if [ $# != 0 ]; then
    one_program release "$@"
    exit
fi
build release unit_tests
run_ctest release -j2 -L '^unit$'
