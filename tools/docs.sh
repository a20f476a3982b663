#!/usr/bin/env bash
# The documentation site, BUILD/apps/cli/damascene and BUILD/test_* -> build/docs/index.html:  tools/docs.sh BUILD
# Needs the package index once, for an environment of its own (.venv-docs); offline without it, says so and ends well.
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/release}
venv=$PWD/.venv-docs
want=$(sha256sum docs/requirements.txt | cut -c1-16)
if [ "$(cat "$venv/.made" 2>/dev/null)" != "$want" ]; then
  if ! { python3 -m venv "$venv" &&
         "$venv/bin/pip" install --quiet --disable-pip-version-check -r docs/requirements.txt; } 2>"$venv.log"; then
    echo "docs skipped: mkdocs-material could not be installed (offline?): $(tail -n 1 "$venv.log")"
    rm -rf "$venv" "$venv.log"
    exit 0
  fi
  rm -f "$venv.log"
  echo "$want" > "$venv/.made"
fi
python3 tools/docs_pages.py "$build" build/docs-src
NO_MKDOCS_2_WARNING=1 "$venv/bin/mkdocs" build --strict --quiet --clean
if loads=$(grep -rnoE "<(script|link|img|iframe)[^>]*(src|href)=\"?(https?:)?//[^\" >]*|document\.write" build/docs --include='*.html'); then
  echo "docs: pages load from the network: $loads" >&2
  exit 1
fi
echo "docs: build/docs/index.html, $(find build/docs -name '*.html' | wc -l) pages, $(du -sm build/docs | cut -f1) MB"
