#!/usr/bin/env bash
# client and page
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
scripts/stages/client.sh
scripts/stages/page.sh
