#!/usr/bin/env bash
# Builds sdist and wheel into dist/, checks what is in them, and tries the wheel out.
# The folder and the .deb for Linux take minutes and a gigabyte: packaging/linux/onedir.sh and deb.sh.
set -euo pipefail
cd "$(dirname "$0")/.."

python="${VENV:-.venv}/bin/python"
dist="${DIST:-dist}"

if [ -n "$(git status --porcelain -- sam3_annotator resources pyproject.toml)" ]; then
  echo "build: there are changes that are not committed; they would go into the wheel" >&2
  git status --short -- sam3_annotator resources pyproject.toml >&2
  exit 1
fi
"$python" packaging/licences.py --check THIRD_PARTY.md
"$python" -m build --no-isolation --outdir "$dist" . >/dev/null
version=$("$python" -c 'from sam3_annotator import __version__; print(__version__)')
wheel="$dist/sam3_annotator-$version-py3-none-any.whl"
"$python" packaging/contents.py "$wheel" "$dist/sam3_annotator-$version.tar.gz"
if [ "${SMOKE:-1}" = 1 ]; then
  "$python" packaging/try_wheel.py "$wheel"
fi
