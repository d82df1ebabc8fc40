#!/usr/bin/env bash
# AddressSanitizer and UBSan: unit and integration tests, a churn of clients
# One program alone: -- hub_test; all built and not run: -- --build
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${unit_packages[@]}" "${sanitizer_packages[@]}"
sanitized asan unit_tests unit "$@"
