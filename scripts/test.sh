#!/usr/bin/env bash
# All tests, or the named stages alone, on a bare Debian 12 or 13: installs what is missing, builds,
# runs. Each stage is a file of scripts/stages.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# In the order of the run of all, as far as they belong to it.
stages=(format build unit integration simulation fuzz e2e conformance asan tsan tidy instructions k6
    javascript client docs page web defects long)

usage() {
    local stage
    cat <<'END'
usage: scripts/test.sh [--long]              all stages but web (it is three of them), defects and
                                             long; --long adds the last
       scripts/test.sh STAGE…                these alone; each installs and builds what it needs
       scripts/test.sh STAGE -- ARGUMENT…    a part of a stage

END
    for stage in "${stages[@]}"; do
        printf '  %-14s%s\n' "$stage" "$(sed -n '2s/^# //p' "scripts/stages/$stage.sh")"
    done
    cat <<'END'

arguments: unit, integration, asan, tsan take a test program and its flags; e2e a program, or what
pytest takes; conformance what pytest takes; tidy, client and page files; defects numbers;
instructions --record; simulation a --seed; fuzz --seconds N (also without the --) and targets.
  scripts/test.sh unit -- hub_test --gtest_filter='TickMailbox.*'
  scripts/test.sh e2e -- tests/e2e/http/test_rest.py -k throttle
  scripts/test.sh page -- web/tests/browser/list.test.mjs
  scripts/test.sh fuzz --seconds 600 decimals
END
}

wrong() {
    printf 'scripts/test.sh: %s\nstages: %s\n' "$1" "${stages[*]}" >&2
    exit 2
}

step() {
    local what=$1 started=$SECONDS
    shift
    say "$what"
    "$@"
    say "$what: $((SECONDS - started)) s"
}

stage() { "scripts/stages/$1.sh" "${@:2}"; }

get_packages() {
    install_missing "${build_packages[@]}" "${test_packages[@]}"
    need_node
    need_chromium
}

# What only computes runs beside the tests, which mostly wait, at idle priority. It has a process
# group of its own, so that nothing of it outlives a stage that failed.
computed="$(mktemp)"
compute() {
    chrt -i -p 0 $BASHPID 2>/dev/null || renice -n 19 $BASHPID
    stage tidy && stage asan --build && stage tsan --build && stage simulation && stage fuzz
}
start_computing() {
    set -m
    compute >"$computed" 2>&1 &
    computing=$!
    set +m
    trap 'kill -- -$computing 2>/dev/null || true' EXIT
}
await_computing() {
    local failed=0
    wait $computing || failed=1
    trap - EXIT
    cat "$computed"
    rm "$computed"
    return $failed
}

run_all() {
    step "packages" get_packages
    step "format" stage format
    step "build, release" stage build
    start_computing
    step "unit and integration tests" ctest --test-dir build/release --output-on-failure -j2 -LE e2e
    step "end-to-end tests" stage e2e
    local name
    for name in conformance instructions k6 javascript client docs; do
        step "$name" stage $name
    done
    step "clang-tidy, the sanitizers' builds, the simulation and fuzzing, begun before the tests" \
        await_computing
    step "address and undefined-behaviour sanitizers" stage asan
    step "thread sanitizer" stage tsan
    # Alone: it measures whether the page's frames come in time.
    step "page" stage page
    [ $long = 0 ] || step "long" stage long
}

long=0 named=() arguments=()
while [ $# != 0 ]; do
    case $1 in
    --help | -h)
        usage
        exit
        ;;
    --long) long=1 ;;
    --seconds)
        [ "${named[*]}" = fuzz ] || wrong "--seconds is for the stage fuzz alone"
        arguments=("$@")
        break
        ;;
    --)
        arguments=("${@:2}")
        break
        ;;
    *)
        [[ " ${stages[*]} " = *" $1 "* ]] || wrong "no stage '$1' (--help says what each one does)"
        named+=("$1")
        ;;
    esac
    shift
done
[ ${#arguments[@]} = 0 ] || [ ${#named[@]} = 1 ] || wrong "arguments behind -- are for one stage"
[ $long = 0 ] || [ ${#named[@]} = 0 ] || wrong "--long is for the run of all; the stage is named long"

if [ -n "${TEST_REAL_DATA:-}" ]; then
    TEST_REAL_DATA="$(cd "$TEST_REAL_DATA" && pwd)"
    export TEST_REAL_DATA
fi

if [ ${#named[@]} = 0 ]; then
    run_all
else
    for name in "${named[@]}"; do
        step "$name" stage "$name" "${arguments[@]}"
    done
fi
say "all passed in $SECONDS s"
