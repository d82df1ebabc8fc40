#!/usr/bin/env bash
# Builds the server and runs it with the given flags (--help lists them), with the page unless the
# flags or the environment name another one. Installs missing packages.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
here=${OLDPWD:-$PWD} # flags may name files relative to where the user is
source "$root/scripts/page.sh"
install_missing "${build_packages[@]}"
say "building (the first time takes some minutes)"
build release tickcast
if (cd "$here" && wants_our_page "$@"); then
    if make_page "$root/build/web"; then
        export TICKCAST_WEB_ROOT="$root/build/web"
    else
        say "WITHOUT THE PAGE, which could not be made (see above); all else is as ever" >&2
    fi
fi
cd "$here"
exec "$root/build/release/src/tickcast" "$@"
