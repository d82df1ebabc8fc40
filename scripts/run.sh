#!/usr/bin/env bash
# Builds the server and runs it with the given flags (--help lists them). Installs what is missing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here=$PWD
install_missing "${build_packages[@]}"
say "building (the first time takes some minutes)"
build release tickcast
cd "${OLDPWD:-$here}" # flags may name files relative to where the user is
exec "$root/build/release/src/tickcast" "$@"
