# The page for run.sh: whether it is wanted, and making it. Sourced after common.sh, not run.

# wants_our_page FLAG…: unless something says which page, or the server would not serve at all. The
# environment beats a settings file, so what run.sh sets there must not come between the user and
# theirs.
wants_our_page() {
    [ -z "${TICKCAST_WEB_ROOT+set}" ] || return 1
    local config=${TICKCAST_CONFIG:-}
    while [ $# != 0 ]; do
        case $1 in
        --help | --version | --web-root | --web-root=*) return 1 ;;
        --config=*) config=${1#*=} ;;
        --config) config=${2:-} ;;
        esac
        shift
    done
    [ -z "$config" ] || ! grep -Eqs "^[[:space:]]*[\"']?web-root[\"']?[[:space:]]*=" "$config"
}

# make_page FOLDER: installs what that takes, and makes it. Fails where that fails: no apt, no
# registry.
make_page() {
    (need_node) || return 1
    npm_packages "$root/web" --omit=dev && node "$root/web/tools/assemble.mjs" "$1" >/dev/null
}
