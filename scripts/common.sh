# Shared by all scripts here: installs what is missing (Debian 12, 13) and builds. Sourced, not run.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

# The packages that the server is built with; each entry is a dependency as apt-get satisfy reads
# it. Boost from 1.81 on: Debian 12's own default is older, later releases have no package of that
# name.
server_packages=(g++ cmake ninja-build 'libboost-dev (>= 1.81) | libboost1.81-dev'
    nlohmann-json3-dev libspdlog-dev libcli11-dev libtomlplusplus-dev prometheus-cpp-dev zlib1g-dev
    libssl-dev liburing-dev)
build_packages=("${server_packages[@]}" libgtest-dev libgmock-dev)

# The packages that the stages of test.sh need besides.
# The same formatter on all releases, or its results would differ.
clang=19
format_packages=("clang-format-$clang" python3)
tidy_packages=("clang-tidy-$clang")
unit_packages=(python3 python3-pytest python3-yaml) # tests/contract is among the unit tests
docs_packages=(python3 python3-pytest curl)
client_packages=(curl python3 python3-websockets)
e2e_packages=(python3 python3-pytest python3-pytest-xdist python3-websockets python3-jsonschema
    python3-fastjsonschema python3-yaml prometheus docker-compose nginx haproxy libseccomp2 curl
    openssl procps)
conformance_packages=(python3 python3-pytest python3-jsonschema python3-fastjsonschema python3-yaml
    openssl)
sanitizer_packages=(util-linux) # setarch
# libFuzzer, the sanitizers' runtime, and what names the lines of a report.
fuzz_packages=("clang-$clang" "libclang-rt-$clang-dev" "llvm-$clang")
instruction_packages=(python3 python3-pytest valgrind)
test_packages=("${format_packages[@]}" "${tidy_packages[@]}" "${unit_packages[@]}"
    "${docs_packages[@]}" "${client_packages[@]}" "${e2e_packages[@]}"
    "${conformance_packages[@]}" "${sanitizer_packages[@]}" "${fuzz_packages[@]}"
    "${instruction_packages[@]}")

say() { printf '== %s\n' "$*"; }

# as_root WHAT COMMAND…: WHAT is the command as a user would type it.
as_root() {
    local what=$1
    shift
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        say "needs root: sudo $what"
        sudo "$@"
    else
        echo "neither root nor sudo: please install by hand: $what" >&2
        exit 1
    fi
}

# is_installed 'NAME [(>= VERSION)] [| …]': whether dpkg has one of them.
is_installed() {
    local one name least status version alternatives
    IFS='|' read -ra alternatives <<<"$1"
    for one in "${alternatives[@]}"; do
        read -r name _ least <<<"${one//[()]/ }"
        read -r status version < <(dpkg-query -W -f '${db:Status-Status} ${Version}\n' "$name" 2>/dev/null) || continue
        [ "$status" = installed ] || continue
        [ -z "$least" ] || dpkg --compare-versions "$version" ge "$least" || continue
        return 0
    done
    return 1
}

# Run as root. No service (of prometheus, nginx, haproxy) starts, now or at the next boot: the tests
# start what they need. Where a package would have to go, only the user can remove it.
apt_satisfy() {
    local policy=${DPKG_ROOT:-}/usr/sbin/policy-rc.d before after unit
    local units=${DPKG_ROOT:-}/etc/systemd/system/multi-user.target.wants
    before=$(ls "$units" 2>/dev/null || true)
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    if [ ! -e "$policy" ]; then
        trap "rm -f '$policy'" EXIT
        mkdir -p "${policy%/*}"
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
    fi
    apt-get satisfy -y -qq --no-install-recommends --no-remove "$@" >/dev/null
    after=$(ls "$units" 2>/dev/null || true)
    for unit in $(comm -13 <(printf '%s\n' $before) <(printf '%s\n' $after)); do
        rm "$units/$unit" # as systemctl disable does, which is not everywhere
    done
}

# install_missing PACKAGE…: asks dpkg, and apt only if a package is missing.
install_missing() {
    local missing=() package
    local -A seen=()
    for package in "$@"; do
        [ -z "${seen[$package]:-}" ] || continue
        seen[$package]=1
        is_installed "$package" || missing+=("$package")
    done
    [ ${#missing[@]} = 0 ] && return
    local names=$(printf ', %s' "${missing[@]}")
    say "installing: ${names:2}"
    as_root "apt-get satisfy '${names:2}'" \
        bash -c "set -euo pipefail; $(declare -f apt_satisfy); apt_satisfy \"\$@\"" bash "${missing[@]}"
}

# library_packages BINARY: the packages of the shared libraries that it names, one per line.
library_packages() {
    local library path names
    names=$(objdump -p "$1" | sed -n 's/^ *NEEDED *//p')
    for library in $names; do
        path=$(ldd "$1" | sed -n "s|^\t$library => \(/[^ ]*\) .*|\1|p")
        # dpkg might list the file below /usr and the linker without /usr, or the other way round:
        # it is the same file.
        [ -z "$path" ] || dpkg-query -S "*${path#/usr}"
    done | sed 's/:.*//' | sort -u
}

# Node might come from elsewhere; Debian's npm would not fit it.
need_node() {
    command -v node >/dev/null && command -v npm >/dev/null || install_missing nodejs npm
}

# A bare machine has no font at all; the page names this one first.
need_chromium() {
    [ -x "${CHROMIUM:-/usr/bin/chromium}" ] || install_missing chromium
    install_missing fonts-inter
}

# await_server PID FILE: until a server that was started with its standard output in FILE listens;
# fails if it ends before.
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

# configure PRESET: once; ninja repeats it where a CMake file changed.
configure() {
    [ -f "build/$1/build.ninja" ] || cmake --preset "$1" >/dev/null
}

# build PRESET TARGET…: one caller at a time
build() {
    configure "$1"
    flock "build/$1.lock" cmake --build --preset "$1" --target "${@:2}"
}

# npm_packages FOLDER [--omit=dev]: installs the packages of the folder's lock file, unless they are
# there. npm writes its own copy of the lock last, so a complete tree costs no request, and an
# interrupted one is made again. A tree with the development packages also serves a caller that does
# not need them, and stays. One caller at a time.
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
