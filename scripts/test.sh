#!/usr/bin/env bash
# All tests, on a bare Debian 12 or 13: installs what is missing, builds, runs. --long adds thirty minutes of torture, and the server beside a floor.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

long=0
for argument in "$@"; do
    case $argument in
    --long) long=1 ;;
    *)
        echo "usage: scripts/test.sh [--long]" >&2
        exit 2
        ;;
    esac
done

if [ -n "${TEST_REAL_DATA:-}" ]; then
    TEST_REAL_DATA="$(cd "$TEST_REAL_DATA" && pwd)"
    export TEST_REAL_DATA
    say "replaying the real market data of TEST_REAL_DATA"
else
    say "TEST_REAL_DATA is not set: replaying a made file with the same properties"
fi

step() {
    local what=$1 started=$SECONDS
    shift
    say "$what"
    "$@"
    say "$what: $((SECONDS - started)) s"
}

check_format() {
    find src include loadtest tests cmake -name '*.cpp' -o -name '*.hpp' | xargs "clang-format-$clang" --dry-run -Werror
}

run_tidy() {
    find src -name '*.cpp' | xargs -P "$(nproc)" -n 4 "clang-tidy-$clang" -p build/release --quiet \
        --extra-arg=-Wno-unknown-warning-option
}

check_docs() {
    say "assembling, and the API pages"
    TICKCAST_BIN="$PWD/build/release/src/tickcast" timeout -k 30 600 npm --prefix web run --silent test:docs
}

# What has npm's packages; before them what asks no clock.
check_scripts() {
    scripts/check_instructions.sh && scripts/check_k6.sh && scripts/check_web.sh && check_docs
}

# The one computes, and leaves way to the others, which mostly wait.
tidy_and_scripts() {
    local log
    log="$(mktemp)"
    (renice -n 19 $BASHPID && run_tidy) >"$log" 2>&1 &
    local tidy=$! failed=0
    check_scripts || failed=1
    wait $tidy || failed=1
    cat "$log"
    rm "$log"
    # Alone: it asks whether the page's frames come in time.
    scripts/check_page.sh || failed=1
    return $failed
}

# Address-space randomisation finer than TSan of GCC 12 can bear is switched off for the run.
fixed_addresses() {
    if setarch "$(uname -m)" -R true 2>/dev/null; then
        setarch "$(uname -m)" -R "$@"
    else
        "$@"
    fi
}

run_ctest() {
    ctest --test-dir "build/$1" --output-on-failure "${@:2}"
}

# What is worth a sanitizer: units (for TSan those with several threads), the integration tests (torture, model), and the churn of clients
# against the binary.
sanitized() {
    local preset=$1 units=$2 label=$3
    build "$preset" "$units" integration_tests tickcast
    fixed_addresses ctest --test-dir "build/$preset" --output-on-failure -j2 -L "^($label|integration)\$"
    TICKCAST_BIN="$PWD/build/$preset/src/tickcast" CHURN_SECONDS=40 E2E_SLACK=4 \
        fixed_addresses build/release/tests/e2e/churn_e2e
}

export ASAN_OPTIONS=detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

get_packages() {
    install_missing "${build_packages[@]}" "${test_packages[@]}"
    need_node
    need_chromium
}

step "packages" get_packages
step "format" check_format
step "build, release" build release all headers_compile_alone
step "unit and integration tests" run_ctest release -j2 -LE e2e
step "end-to-end tests" run_ctest release -L e2e
step "address and undefined-behaviour sanitizers" sanitized asan unit_tests unit
step "thread sanitizer" sanitized tsan thread_tests threads
step "clang-tidy, and meanwhile instruction counts, k6 scripts, client and API pages; then the page" tidy_and_scripts
if [ $long = 1 ]; then
    export TORTURE_SECONDS=600 CHURN_SECONDS=600
    step "long torture" build/release/tests/integration/stream_torture_test
    step "long churn" env TICKCAST_BIN="$PWD/build/release/src/tickcast" \
        build/release/tests/e2e/churn_e2e
    step "fan-out beside the floor" /usr/bin/python3 -B tests/guard/fan_out_ratio.py
fi
say "all passed in $SECONDS s"
