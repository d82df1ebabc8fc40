# Shared by the stages of test.sh: sourced by each file of scripts/stages, not run.
# Such a file is one stage. Its second line says what it does (test.sh --help shows it). It installs
# and builds what it needs, and nothing more. Its arguments are those behind test.sh's --; their
# paths start at the root.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# Debian's Python, also where another one is on PATH: the packages are installed for this one.
pytest=(/usr/bin/python3 -B -m pytest -q -p no:cacheprovider)

export ASAN_OPTIONS=detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

# The files that clang-format formats, and those that prettier does.
cpp_files() {
    find src include loadtest tests cmake -name node_modules -prune -o -name '*.[ch]pp' -print
}
javascript=("web/**/*.{js,mjs,cjs,ts,cts}" "loadtest/**/*.{js,ts}")

# need_server: sets `server` to the binary under test; builds it unless TICKCAST_BIN names one.
need_server() {
    server="${TICKCAST_BIN:-$root/build/release/src/tickcast}"
    [ -z "${TICKCAST_BIN:-}" ] || return 0
    install_missing "${build_packages[@]}"
    build release tickcast
}

# no_arguments "$@": for a stage that takes none.
no_arguments() {
    [ $# = 0 ] && return
    echo "$(basename "$0" .sh) takes no arguments" >&2
    exit 2
}

# run_ctest PRESET ARGUMENT…
run_ctest() {
    ctest --test-dir "build/$1" --output-on-failure "${@:2}"
}

# Address-space randomisation finer than TSan of GCC 12 can bear is switched off for the run.
fixed_addresses() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

# one_program PRESET NAME ARGUMENT…: builds that test program alone and runs it with the arguments.
one_program() {
    local preset=$1 name=$2
    build "$preset" "$name"
    fixed_addresses "$(find "build/$preset/tests" -name "$name" -type f)" "${@:3}"
}

# sanitized PRESET UNITS LABEL [ARGUMENT…]: the tests that run with a sanitizer. These are the unit
# tests (for TSan those with several threads), the integration tests (torture, TLS key updates), and
# the churn of clients against the binary; the clients are those of the release build. With --build
# they are only built; a test program's name and its flags run that alone.
sanitized() {
    local preset=$1 units=$2 label=$3
    if [ -n "${4:-}" ] && [ "$4" != --build ]; then
        one_program "$preset" "${@:4}"
        return
    fi
    build "$preset" "$units" integration_tests tickcast
    [ -z "${4:-}" ] || return 0
    build release churn_e2e
    fixed_addresses ctest --test-dir "build/$preset" --output-on-failure -j2 \
        -L "^($label|integration)\$"
    TICKCAST_BIN="$PWD/build/$preset/src/tickcast" CHURN_SECONDS=40 E2E_SLACK=4 \
        fixed_addresses build/release/tests/e2e/churn_e2e
}
