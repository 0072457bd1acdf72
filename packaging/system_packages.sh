#!/usr/bin/env bash
# Installs the system libraries that Qt needs, where they are missing and apt can be used.
set -euo pipefail

packages=(
  libgl1 libegl1 libxkbcommon0 libdbus-1-3 libglib2.0-0 libfontconfig1 fonts-dejavu-core
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0
  python3-venv git
)

command -v dpkg-query >/dev/null || exit 0   # not Debian: the README lists the libraries

missing=()
for name in "${packages[@]}"; do
  # Newer Debian and Ubuntu renamed some packages for 64-bit time; either name will do.
  # dpkg-query fails when one of the two names is unknown, which says nothing about the other.
  if ! { dpkg-query -W -f '${Status}\n' "$name" "${name}t64" 2>/dev/null || true; } | grep -q "ok installed"; then
    missing+=("$name")
  fi
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
  sudo=()
elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
  sudo=(sudo)
else
  echo "Missing system packages: ${missing[*]}" >&2
  echo "Install them as root:  apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 0
fi
echo "Installing system packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -qq
"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
