#!/usr/bin/env bash
# ThreadSanitizer: all tests with threads, a churn of clients
# One program alone: -- hub_test
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${sanitizer_packages[@]}"
if [ $# != 0 ]; then
    one_program tsan "$@"
    exit
fi
sanitized tsan thread_tests threads
