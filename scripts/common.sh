# Shared by run.sh and test.sh: installs what is missing (Debian 12) and builds. Sourced, not run.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

build_packages=(g++ cmake ninja-build libboost1.81-dev nlohmann-json3-dev libspdlog-dev
    libcli11-dev libtomlplusplus-dev prometheus-cpp-dev zlib1g-dev libssl-dev liburing-dev
    libgtest-dev libgmock-dev)
test_packages=(clang-format clang-tidy python3 python3-pytest python3-pytest-xdist
    python3-websockets python3-jsonschema python3-fastjsonschema python3-yaml prometheus docker-compose
    libseccomp2 curl openssl procps util-linux valgrind)

say() { printf '== %s\n' "$*"; }

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        say "needs root: sudo $*"
        sudo "$@"
    else
        echo "neither root nor sudo: please install by hand: $*" >&2
        exit 1
    fi
}

# install_missing PACKAGE…: asks dpkg, and apt only if something is not there.
install_missing() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    say "installing: ${missing[*]}"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
}

# Node may come from elsewhere, and then Debian's npm would not go with it.
need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || install_missing nodejs npm
}

# A bare machine has no font at all; the page names this one first.
need_chromium() {
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || install_missing chromium
    install_missing fonts-inter
}

# await_server PID FILE: until a server that was started with its standard output in FILE listens; fails if it ends before.
await_server() {
    until grep -q '^admin ' "$2"; do
        kill -0 "$1"
        sleep 0.1
    done
}

# url_of public|admin FILE: where that server listens.
url_of() {
    sed -n "s/^$1 //p" "$2"
}

# build PRESET TARGET…: configures once, then builds.
build() {
    local preset=$1
    shift
    [ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
    cmake --build --preset "$preset" --target "$@"
}

# npm_packages FOLDER [--omit=dev]: what the folder's lock file names, unless it is there. npm leaves its own copy of the lock behind as
# the last thing, so a tree that is as it should be costs no request, and one that was interrupted is made anew. A tree
# with the development packages serves those who do not need them, and stays. One at a time.
npm_packages() (
    cd "$1" || return 1
    exec 9<package-lock.json
    flock 9
    local installed=node_modules/.package-lock.json
    if [ -f "$installed" ] && ! [ package-lock.json -nt "$installed" ]; then
        [ "${2:-}" = --omit=dev ] && return
        grep -q '"dev": true' "$installed" || ! grep -q '"dev": true' package-lock.json && return
    fi
    say "installing npm's packages for ${1##*/}" >&2
    # Without a network it fails within seconds, not minutes.
    npm ci --no-audit --no-fund --loglevel=error --fetch-retries=1 --fetch-retry-mintimeout=1000 \
        ${2:+"$2"} >/dev/null 9<&- && touch "$installed"
)
