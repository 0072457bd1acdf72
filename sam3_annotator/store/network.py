"""Telling network drives from local ones: a write-ahead log does not work over a network."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

_NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afpfs", "webdav", "davfs", "9p", "fuse.sshfs",
     "fuse.davfs2", "fuse.rclone", "afs", "ceph", "glusterfs", "fuse.glusterfs", "lustre"}
)  # fmt: skip
_DRIVE_REMOTE = 4


def is_on_network(path: Path, mounts: Path = Path("/proc/mounts")) -> bool:
    """Whether a file lies on a network drive.

    Args:
        mounts: the table of mounted drives; where there is none (macOS) the answer is False
            unless the path tells.
    """
    absolute = path.absolute()
    if sys.platform == "win32":
        root = absolute.anchor
        is_remote = ctypes.windll.kernel32.GetDriveTypeW(root) == _DRIVE_REMOTE
        return root.startswith("\\\\") or bool(is_remote)
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return _kind_of_mount(absolute.resolve(), lines) in _NETWORK_TYPES


def _kind_of_mount(path: Path, lines: list[str]) -> str:
    """File system type of the deepest mount point above a path; later lines cover earlier."""
    kind, depth = "", -1
    for line in lines:
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(fields[1].replace("\\040", " "))
        if path.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = fields[2], len(point.parts)
    return kind
