#!/usr/bin/env bash
# Puts the folder dist/sam3-annotator (onedir.sh) into a Debian package: dist/sam3-annotator_VERSION_ARCH.deb.
#
#   packaging/linux/deb.sh
#
# Environment variables: MAINTAINER "Name <address>"; REVISION (default 1); DIST (default dist); LEVEL of zstd (6).
set -euo pipefail
root="$(cd "$(dirname "$0")/../.." && pwd)"
cd "$root"

dist="${DIST:-$root/dist}"
folder="$dist/sam3-annotator"
[ -x "$folder/sam3-annotator" ] || { echo "deb: there is no $folder; run packaging/linux/onedir.sh" >&2; exit 1; }

version="$("$folder/sam3-annotator" --version | cut -d' ' -f2)-${REVISION:-1}"
arch="$(dpkg --print-architecture)"
# What the folder was built against is the oldest that it runs on.
glibc="$(getconf GNU_LIBC_VERSION | cut -d' ' -f2)"
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT

install -d "$stage/DEBIAN" "$stage/opt" "$stage/usr/bin" "$stage/usr/share/doc/sam3-annotator"
cp -a "$folder" "$stage/opt/sam3-annotator"
ln -s /opt/sam3-annotator/sam3-annotator "$stage/usr/bin/sam3-annotator"
install -Dm644 packaging/linux/sam3-annotator.desktop -t "$stage/usr/share/applications"
install -Dm644 packaging/linux/sam3-annotator.xml -t "$stage/usr/share/mime/packages"
icons="$stage/usr/share/icons/hicolor/scalable"
install -Dm644 resources/icons/app.svg "$icons/apps/sam3-annotator.svg"
install -Dm644 resources/icons/app.svg "$icons/mimetypes/application-x-sam3-annotator.svg"
cat LICENSE THIRD_PARTY.md "$folder/LICENCE-OF-THIS-FOLDER.txt" > "$stage/usr/share/doc/sam3-annotator/copyright"
chmod -R u+rwX,go+rX,go-w "$stage"

# Found one by one on a minimal Debian 12; desktops have them all. Newer releases renamed two of them.
cat > "$stage/DEBIAN/control" <<CONTROL
Package: sam3-annotator
Version: $version
Architecture: $arch
Maintainer: ${MAINTAINER:-SAM 3 Annotator <sam3-annotator@localhost>}
Installed-Size: $(du -sk "$stage" | cut -f1)
Depends: libc6 (>= $glibc), libgl1, libegl1, libxkbcommon0, libdbus-1-3, libglib2.0-0 | libglib2.0-0t64, libfontconfig1, libxcb-cursor0, libxcb-icccm4, libxcb-keysyms1, libxcb-shape0, libxkbcommon-x11-0
Recommends: shared-mime-info, hicolor-icon-theme, fonts-dejavu-core | fonts-noto-core
Suggests: fonts-noto-cjk
Section: science
Priority: optional
Description: label pictures and clips with SAM 3
 Click, box or name what is in pictures and clips, get exact masks and tracks,
 correct them frame by frame, review them, export COCO. Runs on this machine;
 nothing is sent anywhere. This package runs models on the CPU; for NVIDIA GPUs
 install the Python wheel with a CUDA build of torch.
CONTROL

# Desktop, MIME and icon caches are refreshed by their own packages' triggers.
out="$dist/sam3-annotator_${version}_${arch}.deb"
dpkg-deb --root-owner-group -Zzstd -z"${LEVEL:-6}" --build "$stage" "$out" >/dev/null
ls -l "$out"
