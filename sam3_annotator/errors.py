"""Every error we raise on purpose, sorted by whose fault it is.

``str(error)`` is always fit for a user: what happened, where, what was kept, what to do.
Anything that is not an ``AnnotatorError`` is a bug of ours.

Messages are English templates with named values (:mod:`sam3_annotator.wording`), so that the window
can tell them in its own language::

    raise FileTrouble("{path} is empty.", "Copy it again.", path=path)
"""

from __future__ import annotations

from sam3_annotator.wording import Wording


class AnnotatorError(Exception):
    """Root of everything raised on purpose.

    Args:
        message: what happened: a template, or a text without values taken as it is.
        values: what the names in the template stand for.

    Attributes:
        message: the same, filled in.
    """

    def __init__(self, message: str = "", /, **values: object) -> None:
        self.message = Wording(message, **values)
        super().__init__(self.message)

    @property
    def told(self) -> Wording:
        """The same as ``str(error)``, and still translatable."""
        return self.message

    def __str__(self) -> str:
        """All that a user is told, in English."""
        return str(self.told)


class Rejected(AnnotatorError):  # noqa: N818 - a verdict, not a failure
    """The request makes no sense now (nothing selected, name taken): status bar, no dialog."""


class Trouble(AnnotatorError):  # noqa: N818 - the world's fault, told with a remedy
    """The world's fault; shown in a dialog with a remedy.

    Args:
        message: what happened and where.
        remedy: what the user can do about it; may be empty.
        values: for both templates.
    """

    def __init__(self, message: str, remedy: str = "", /, **values: object) -> None:
        super().__init__(message, **values)
        self.remedy = Wording(remedy, **values)

    @property
    def told(self) -> Wording:
        """What happened and what can be done about it."""
        if not self.remedy:
            return self.message
        return Wording("{message} {remedy}", message=self.message, remedy=self.remedy)


class FileTrouble(Trouble):
    """A file is missing, unreadable, locked by another window, or the disk is full."""


class ProjectTrouble(Trouble):
    """The project file is damaged, or was written by a newer version."""


class MediaTrouble(Trouble):
    """A picture or clip cannot be decoded, or its header lies."""


class HugePicture(MediaTrouble):
    """A picture has more pixels than are opened without asking."""


class WeightsTrouble(Trouble):
    """Model weights are absent, of the wrong kind, the wrong shape or the wrong hash."""


class DeviceTrouble(Trouble):
    """The device is out of memory, or its driver is lost."""


class OutOfMemory(DeviceTrouble):
    """The device has no memory left for this job; caches are freed and the job tried once more."""


class ExchangeTrouble(Trouble):
    """An import or export file is wrong: path, record, what was expected, what was found."""
