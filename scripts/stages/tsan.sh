#!/usr/bin/env bash
# ThreadSanitizer: all tests with threads, a churn of clients
# One program alone: -- hub_test; all built and not run: -- --build
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${sanitizer_packages[@]}"
sanitized tsan thread_tests threads "$@"
