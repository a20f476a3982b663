#!/usr/bin/env bash
# Tests the wheel of build/wheel as installed: a fresh environment, another folder, nothing from the source tree.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
place=build/wheel
wheel=
for found in "$place"/dist/*.whl "$place"/portable/*.whl; do [ ! -f "$found" ] || wheel=$found; done
if [ -z "$wheel" ]; then echo "Python tests skipped: there is no wheel"; exit 0; fi
venv="$root/$place/venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }
if ! "$venv/bin/python" -c 'import pytest, numpy, pandas, mypy, nbclient, ipykernel, nanobind, distributed' 2>/dev/null &&
   ! pip install pytest numpy pandas mypy nbclient ipykernel distributed "nanobind>=3.1,<4"; then
  echo "Python tests skipped: pytest and friends could not be installed (offline?)"
  exit 0
fi
pip install --no-deps --force-reinstall "$wheel"
elsewhere=$(mktemp -d)
trap 'rm -rf "$elsewhere"' EXIT
cd "$elsewhere"
"$venv/bin/python" -m pytest -q --rootdir "$root/python/tests" -c "$root/pyproject.toml" --import-mode=importlib \
  "$root/python/tests" "$@"
