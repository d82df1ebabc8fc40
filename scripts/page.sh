# The page for run.sh: decides whether it is wanted, and makes it. Sourced after common.sh, not run.

# wants_our_page FLAG…: true unless a setting names a page, or the flags only ask for a text such as
# --help. The environment wins over a settings file, so run.sh must not set the page there where the
# user's file names one.
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

# make_page FOLDER: installs the packages for the page, and makes it. Fails without apt or npm's
# registry.
make_page() {
    (need_node) || return 1
    npm_packages "$root/web" --omit=dev && node "$root/web/tools/assemble.mjs" "$1" >/dev/null
}
