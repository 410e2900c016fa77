#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what is missing on Debian 12, and says what that is: tools/setup.sh [build|test|bench|package]
# Asks nothing. Root (or sudo) is needed only when something is missing; when nothing is, this returns
# at once.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-build}
packages=(
    ca-certificates ccache clang-19 cmake git libboost1.81-dev libcli11-dev libfmt-dev libnats-dev libp11-kit-dev
    libpq-dev libsqlite3-dev libssl-dev libtomlplusplus-dev make mold ninja-build
)
packaging=(binutils buildah dpkg-dev patchelf)
case $what in
build) ;;
package) packages+=("${packaging[@]}") ;;
test) packages+=(
    chromium clang-format-19 clang-tidy-19 coturn fonts-noto-core libclang-rt-19-dev libgmock-dev
    libgtest-dev llvm-19 nats-server postgresql-15 softhsm2 "${packaging[@]}"
) ;;
bench) packages+=(chromium libgmock-dev libgtest-dev nats-server nginx-light postgresql-15 wrk) ;;
*)
    echo "usage: tools/setup.sh [build|test|bench|package]" >&2
    exit 2
    ;;
esac

# Debian's Node.js 18 is enough; whichever newer one is there stays.
has_node() {
    local version
    command -v npm >/dev/null && version=$(node --version 2>/dev/null) && version=${version#v} &&
        [ "${version%%.*}" -ge 18 ]
}

stamp=build/.setup-$what
is_up_to_date() {
    [ "$stamp" -nt "$0" ] && [ "$stamp" -nt /var/lib/dpkg/status ] && has_node
}
if is_up_to_date; then
    exit 0
fi

if ! command -v dpkg-query >/dev/null; then
    echo "setup: this is not Debian; install what these packages hold yourself: ${packages[*]} nodejs npm" >&2
    exit 1
fi

missing=()
installed=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package} ' 2>/dev/null | tr '\n' ' ')"
for package in "${packages[@]}"; do
    [[ $installed == *" ii $package "* || $installed == *" ii  $package "* ]] || missing+=("$package")
done
has_node || missing+=(nodejs npm)

if [ ${#missing[@]} -gt 0 ]; then
    echo "setup: installing from Debian: ${missing[*]}" >&2
    as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            echo "setup: this needs root once: apt-get install ${missing[*]}" >&2
            exit 1
        fi
        as_root=(sudo)
        [ -t 0 ] || as_root+=(-n)
    fi
    export DEBIAN_FRONTEND=noninteractive
    {
        "${as_root[@]}" apt-get update -q &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get install -q -y --no-install-recommends "${missing[@]}"
    } >&2
fi
mkdir -p build
touch "$stamp"
