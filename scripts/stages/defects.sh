#!/usr/bin/env bash
# each seeded defect of tests/defects turns its test red (ten minutes)
# Some alone, by their numbers: -- 14 15
# It applies each defect to a copy of the sources, builds the test that the patch names, and expects
# that test to fail.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"

install_missing "${build_packages[@]}" patch python3 valgrind
copy="$(mktemp -d)"
trap 'rm -rf "$copy"' EXIT
cp -a CMakeLists.txt CMakePresets.json cmake include src tests "$copy"
mkdir "$copy/loadtest"
cp -a loadtest/CMakeLists.txt loadtest/client loadtest/generator "$copy/loadtest"
cd "$copy"

defects=("$root"/tests/defects/*.patch)
if [ $# != 0 ]; then
    defects=()
    for number in "$@"; do
        defects+=("$root/tests/defects/$number"-*.patch)
    done
fi

named_test() { sed -n 's/^Turns red: //p' "$1"; }

# runs_green TEST SEEDS: of the simulation
runs_green() {
    build release "$1" >/dev/null || { echo "$1 does not build" >&2; exit 1; }
    SIMULATION_SEEDS=$2 timeout 1800 "$(find build/release/tests -name "$1" -type f)" >"$copy/output" 2>&1
}

for test in $(for defect in "${defects[@]}"; do named_test "$defect"; done | sort -u); do
    runs_green "$test" 60 || { cat "$copy/output"; echo "$test is red without any defect" >&2; exit 1; }
    say "$test is green without a defect"
done

missed=0
for defect in "${defects[@]}"; do
    test="$(named_test "$defect")"
    patch -s -p1 <"$defect"
    if runs_green "$test" 2000; then
        missed=$((missed + 1))
        say "MISSED by $test: $(basename "$defect")"
    else
        say "red, $test: $(basename "$defect" .patch): $(grep -m1 -E 'seed [0-9]+:|Which is|FAILED' "$copy/output")"
    fi
    patch -s -R -p1 <"$defect"
done
[ $missed = 0 ] || exit 1
say "all defects were caught"
