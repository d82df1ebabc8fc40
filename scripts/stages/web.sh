#!/usr/bin/env bash
# javascript, client and page
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh"
no_arguments "$@"
scripts/stages/javascript.sh
scripts/stages/client.sh
scripts/stages/page.sh
