#!/usr/bin/env bash
# torture and churn of ten minutes each, the fan-out beside the floor, a soak
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
install_missing "${build_packages[@]}" python3 util-linux openssl
build release stream_torture_test churn_e2e tickcast tickcast-load floor_server heap_probe
export TORTURE_SECONDS=600 CHURN_SECONDS=600 TICKCAST_BIN="$PWD/build/release/src/tickcast"
say "long torture"
build/release/tests/integration/stream_torture_test
say "long churn"
build/release/tests/e2e/churn_e2e
say "fan-out beside the floor"
/usr/bin/python3 -B tests/guard/fan_out_ratio.py
say "soak"
scripts/soak.sh 100 --users 300 --ticks 200
