#!/usr/bin/env bash
# WebSocket and HTTP on the wire, case by case, against their RFCs
# Some cases: -- -k utf8-overlong. What else pytest takes, too: -- tests/conformance/websocket -x
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
install_missing "${conformance_packages[@]}"
need_server
case ${1:-} in
tests/*) ;;
*) set -- tests/conformance "$@" ;;
esac
TICKCAST_BIN="$server" "${pytest[@]}" -rs "$@"
