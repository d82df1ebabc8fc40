#!/usr/bin/env bash
# the release build of everything, and each header compiled by itself
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
install_missing "${build_packages[@]}"
build release all headers_compile_alone
