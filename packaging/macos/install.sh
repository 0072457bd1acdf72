#!/usr/bin/env bash
# Installs SAM 3 Annotator from its wheel for the present user, with an entry in ~/Applications.
#
#   packaging/macos/install.sh sam3_annotator-0.1.0-py3-none-any.whl
#
# NOT RUN WHERE IT WAS WRITTEN: there was no macOS machine. The uv commands are the ones that were run
# on Linux; the application folder is untried, unsigned and not notarised.
#
# Needs uv (https://docs.astral.sh/uv/) and Apple silicon: torch has no builds for Intel Macs any more.
set -euo pipefail
wheel="${1:?name the wheel}"

uv tool install --force --python 3.12 "$wheel"
tool="$(uv tool dir)/sam3-annotator"

app="$HOME/Applications/SAM 3 Annotator.app/Contents"
mkdir -p "$app/MacOS"
cat > "$app/Info.plist" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>CFBundleName</key><string>SAM 3 Annotator</string>
  <key>CFBundleIdentifier</key><string>sam3-annotator</string>
  <key>CFBundleExecutable</key><string>sam3-annotator</string>
  <key>CFBundlePackageType</key><string>APPL</string>
  <key>NSHighResolutionCapable</key><true/>
</dict>
</plist>
PLIST
printf '#!/bin/sh\nexec "%s/bin/sam3-annotator" "$@"\n' "$tool" > "$app/MacOS/sam3-annotator"
chmod +x "$app/MacOS/sam3-annotator"

"$tool/bin/sam3-annotator" doctor
