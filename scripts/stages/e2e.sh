#!/usr/bin/env bash
# the built server from outside, and all that is shipped with it
# Some alone: -- tests/e2e/http/test_rest.py -k patch (pytest's arguments), or -- drain_e2e
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${build_packages[@]}" "${e2e_packages[@]}"
need_node
if [ -n "${TEST_REAL_DATA:-}" ]; then
    say "replaying the real market data of TEST_REAL_DATA"
else
    say "TEST_REAL_DATA is not set: replaying a made file with the same properties"
fi

case ${1:-} in
'')
    build release e2e_tests
    run_ctest release -L '^e2e$'
    ;;
*_e2e)
    build release tickcast
    export TICKCAST_BIN="$PWD/build/release/src/tickcast"
    one_program release "$@"
    ;;
*)
    build release tickcast tickcast-load heap_probe
    TICKCAST_BIN="$PWD/build/release/src/tickcast" "${pytest[@]}" "$@"
    ;;
esac
