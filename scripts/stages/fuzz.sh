#!/usr/bin/env bash
# every parser of outside bytes, fuzzed with ASan and UBSan for ten seconds each
# Longer, or some alone: --seconds 600 decimals tickers (docs/internals/fuzzing.md)
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"

# The ordinary run draws the same numbers each time, longer ones draw others.
seconds=10 seed=1 targets=()
while [ $# != 0 ]; do
    case $1 in
    --seconds)
        seconds=${2:-}
        [[ $seconds =~ ^[1-9][0-9]*$ ]] || { echo "fuzz: --seconds needs a whole number" >&2; exit 2; }
        seed=0
        shift
        ;;
    *)
        [ -f "tests/fuzz/targets/$1.cpp" ] || { echo "fuzz: there is no target '$1'" >&2; exit 2; }
        targets+=("$1")
        ;;
    esac
    shift
done
if [ ${#targets[@]} = 0 ]; then
    for source in tests/fuzz/targets/*.cpp; do
        targets+=("$(basename "$source" .cpp)")
    done
fi
install_missing "${build_packages[@]}" "${fuzz_packages[@]}"
build fuzz "${targets[@]/#/fuzz_}"

export ASAN_SYMBOLIZER_PATH=/usr/lib/llvm-$clang/bin/llvm-symbolizer
# What a run finds is kept in the build's folder, for the next run.
fuzz_one() {
    local target=$1 seconds=$2 seed=$3
    local found=build/fuzz/found/$target failed=build/fuzz/failed log=build/fuzz/$target.log options=()
    [ ! -f "tests/fuzz/dictionaries/$target.dict" ] || options+=("-dict=tests/fuzz/dictionaries/$target.dict")
    mkdir -p "$found" "$failed"
    # An input takes far less than the timeout, but beside the other stages a run may stand still.
    if ! "build/fuzz/tests/fuzz/fuzz_$target" "-max_total_time=$seconds" "-seed=$seed" -max_len=4096 -timeout=120 \
        -print_final_stats=1 "-artifact_prefix=$failed/$target-" "${options[@]}" \
        "$found" "tests/fuzz/corpus/$target" >"$log" 2>&1; then
        tail -n 100 "$log"
        return 1
    fi
    printf '%-17s%10s inputs%7s edges%7s features\n' "$target" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
        $(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p' "$log" | tail -n 1)
}
export -f fuzz_one
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one {} '"$seconds $seed"
