#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs the Debian packages that are missing. Usage: setup-debian.sh [build] [gui] [test] [sample] [format] [fuzz] [fresh]
# Says what it does; does nothing where everything is there already.
set -euo pipefail

declare -A packages=(
    [build]="g++ cmake ninja-build pkg-config ccache libtorch-dev libopencv-dev libopenblas0-pthread libcli11-dev
             nlohmann-json3-dev libfmt-dev libexpected-dev libssl-dev zlib1g-dev libjpeg-dev libgif-dev libexif-dev
             libpng-dev libtiff-dev libwebp-dev libheif-dev libzip-dev libutf8proc-dev libcurl4-openssl-dev"
    [gui]="qt6-base-dev qt6-svg-dev libqt6svg6 libqcustomplot-dev libgl-dev fonts-dejavu-core"
    [test]="libgtest-dev python3 python3-torch python3-torchvision python3-pil python3-sklearn"
    [sample]="dataset-fashion-mnist"
    [format]="clang-format-14"
    [fuzz]="clang-14 libclang-rt-14-dev"
    [fresh]="debootstrap git"
)

# Where the release has them: Debian 13 keeps libheif's decoders, and what lets Qt read SVG icons, in packages of their own.
declare -A optional=(
    [gui]="qt6-svg-plugins"
    [build]="libheif-plugin-libde265 libheif-plugin-aomdec"
)

is_installed() {
    # a line for each architecture that it is installed for
    [[ $(dpkg-query -W -f='${Status}\n' "$1" 2>/dev/null || true) == *"install ok installed"* ]]
}
find_missing() {
    missing=()
    local group name
    for group in "$@"; do
        for name in ${packages[$group]}; do
            is_installed "$name" || missing+=("$name")
        done
        for name in ${optional[$group]:-}; do
            is_installed "$name" || ! apt-cache show "$name" >/dev/null 2>&1 || missing+=("$name")
        done
    done
}

missing=()
find_missing "$@"
[[ ${#missing[@]} -gt 0 ]] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This set-up knows Debian and Ubuntu only. Install by hand: ${missing[*]}" >&2
    exit 1
fi
as_root=()
if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing: ${missing[*]}" >&2
        echo "Install them as root (apt-get install), or install sudo, and start this again." >&2
        exit 1
    fi
    as_root=(sudo DEBIAN_FRONTEND=noninteractive) # sudo passes no variables on
fi
echo "Installing ${#missing[@]} packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
find_missing "$@" # what the release has is known only now
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
