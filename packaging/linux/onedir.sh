#!/usr/bin/env bash
# Builds the self-contained folder dist/sam3-annotator from the wheel in dist/ (run packaging/build.sh first).
#
#   packaging/linux/onedir.sh [WORK]
#
# WORK (default build/onedir) receives a build environment of its own: only what the wheel asks for, and
# PyInstaller. Environment variables:
#   PYTHON        interpreter with a shared libpython (default python3)
#   TORCH_INDEX   where the CPU build of torch comes from (default https://download.pytorch.org/whl/cpu);
#                 empty: from the indexes that pip knows
#   AV_WHEEL      a wheel of PyAV to use instead of the published one, see THIRD_PARTY.md
# Takes minutes and 4 GB. The oldest system that the folder runs on is the one it was built on.
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
cd "$root"

dist="${DIST:-$root/dist}"
work="${1:-$root/build/onedir}"
wheel=$(ls "$dist"/sam3_annotator-*-py3-none-any.whl)
index="${TORCH_INDEX-https://download.pytorch.org/whl/cpu}"
pip=("$work/venv/bin/python" -m pip --disable-pip-version-check --quiet)

[ -x "$work/venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$work/venv"
"${pip[@]}" install ${index:+--index-url "$index"} --constraint packaging/constraints.txt torch
"${pip[@]}" install ${AV_WHEEL:+"$AV_WHEEL"} "$wheel" "pyinstaller>=6.15,<7"
"${pip[@]}" install --no-deps --force-reinstall "$wheel"

if ! "$work/venv/bin/python" -c 'import sys, torch; sys.exit(torch.version.cuda is not None)'; then
  echo "onedir: this torch carries CUDA, gigabytes of it; name a CPU index in TORCH_INDEX" >&2
  exit 1
fi

"$work/venv/bin/pyinstaller" --noconfirm --log-level WARN --distpath "$dist" --workpath "$work/work" \
  packaging/linux/sam3-annotator.spec

folder="$dist/sam3-annotator"
"$work/venv/bin/python" packaging/licences.py "$folder/THIRD_PARTY.md"
"$work/venv/bin/python" packaging/licences.py --texts "$folder/licences"
cp LICENSE "$folder/LICENSE"
if find "$folder/_internal" -name 'libx26[45]*' | grep -q .; then
  echo "Carries libx264 and libx265: pass it on under the GPL-3.0 only; see THIRD_PARTY.md." > "$folder/LICENCE-OF-THIS-FOLDER.txt"
else
  echo "Carries neither libx264 nor libx265: nothing in it is under the GPL; see THIRD_PARTY.md." > "$folder/LICENCE-OF-THIS-FOLDER.txt"
fi
cat "$folder/LICENCE-OF-THIS-FOLDER.txt"
du -sh "$folder"
