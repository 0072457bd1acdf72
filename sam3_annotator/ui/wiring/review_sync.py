"""Keeps the review panel in step with the queue, and hands its wishes to the desk."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from sam3_annotator.domain.changes import Table
from sam3_annotator.domain.doubts.calibration import FIRST_SHARE
from sam3_annotator.domain.doubts.records import checks
from sam3_annotator.domain.doubts.signals import Signal
from sam3_annotator.domain.entities import MediaKind
from sam3_annotator.domain.review import changed_since
from sam3_annotator.ui.keymap import shown
from sam3_annotator.ui.panels.review.comments import CommentRow
from sam3_annotator.ui.panels.review.panel import Trust
from sam3_annotator.ui.panels.review.rows import DoubtRow
from sam3_annotator.ui.text import in_words, translate
from sam3_annotator.ui.wiring import doubt_words, naming
from sam3_annotator.ui.wiring.comments import CommentDesk
from sam3_annotator.workflow.queue_rows import Show

if TYPE_CHECKING:
    from sam3_annotator.domain.changes import Touched
    from sam3_annotator.domain.doubts.pairs import LikelySwap
    from sam3_annotator.domain.doubts.records import Check
    from sam3_annotator.domain.entities import SignOff
    from sam3_annotator.domain.ids import CategoryId, FrameIndex, MediaId, ObjectId
    from sam3_annotator.domain.project import Project
    from sam3_annotator.ui.keymap import Keymap
    from sam3_annotator.ui.panels.review.panel import ReviewPanel
    from sam3_annotator.ui.wiring.review import ReviewDesk
    from sam3_annotator.ui.wiring.workspace import Workspace
    from sam3_annotator.workflow.queue_rows import QueueRow
    from sam3_annotator.workflow.reviewing import Reviewing

MOST_ROWS = 2000
"""Rows shown at once; nobody walks further down before something has changed."""
FIRST_ROWS = 200
"""Rows shown while measuring goes on, because they are worded again and again."""


_BUTTONS = {
    "good": "review.accept",
    "fix": "review.fix",
    "reject": "review.reject",
    "repair": "review.repair_swap",
    "all_found": "review.all_found",
    "some_missing": "review.some_missing",
}
"""Buttons of the panel and the actions whose keys they show."""


class ReviewSync(QObject):
    """Fills the panel; several changes in a row are shown once, and only while it is visible."""

    def __init__(self, workspace: Workspace, desk: ReviewDesk, panel: ReviewPanel) -> None:
        super().__init__(workspace)
        self._workspace, self._desk, self._panel = workspace, desk, panel
        self._rows: dict[object, QueueRow] = {}
        self._shown: tuple[QueueRow, ...] = ()
        self._lines: list[DoubtRow] = []
        self._checks: dict[MediaId, dict[tuple[FrameIndex, CategoryId], Check]] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.refresh)
        desk.changed.connect(self._refresh_soon)
        workspace.touched.connect(self._forget_checks)
        workspace.document_changed.connect(self._checks.clear)
        workspace.theme.changed.connect(panel.use_theme)
        panel.row_chosen.connect(self._go_to)
        panel.filter_chosen.connect(lambda key: desk.choose(Show(key)))
        panel.good_wanted.connect(desk.accept)
        panel.fix_wanted.connect(desk.fix)
        panel.reject_wanted.connect(desk.reject)
        panel.repair_wanted.connect(desk.repair_swap)
        panel.signed.connect(desk.sign_off)
        panel.checked.connect(lambda is_complete: desk.check(is_complete=is_complete))
        comments = CommentDesk(workspace)
        panel.comments.written.connect(comments.write)
        panel.comments.opened.connect(comments.open)
        panel.comments.removed.connect(comments.remove)
        panel.comments.resolved.connect(lambda one, is_on: comments.resolve(one, is_resolved=is_on))
        panel.shown.connect(lambda is_on: desk.watch(is_watched=is_on))
        panel.shown.connect(lambda _: self._refresh_soon())
        workspace.settings.changed.connect(lambda _: self._name_keys())
        self._name_keys()
        self.refresh()

    def _refresh_soon(self) -> None:
        if self._panel.isVisible():
            self._soon.start()

    def _forget_checks(self, touched: Touched) -> None:
        if Table.PROMPTS in touched.tables:
            for media_id in touched.media:
                self._checks.pop(media_id, None)

    def _name_keys(self) -> None:
        """Name the keys on the buttons."""
        keymap = self._workspace.keymap
        keys = {name: keymap.keys(action) for name, action in _BUTTONS.items()}
        self._panel.show_keys({name: shown(k[0]) for name, k in keys.items() if k})
        self._refresh_soon()

    def refresh(self) -> None:
        """Fill the panel again."""
        desk, reviewing, project = self._desk, self._desk.reviewing, self._workspace.project
        self._panel.show_filters(_filters(), desk.show.value)
        if reviewing is None or project is None:
            self._rows, self._shown = {}, ()
            self._panel.show_rows((), None)
            self._panel.show_progress("")
            self._panel.show_verdicts(has_row=False, is_swap=False)
            return
        rows, most = reviewing.rows(desk.show), MOST_ROWS if reviewing.is_done else FIRST_ROWS
        if rows is not self._shown or len(self._lines) != len(rows[:most]):
            self._shown = rows
            self._rows = {_key(row): row for row in rows[:most]}
            names = _Names(project)
            self._lines = [names.row(row) for row in rows[:most]]
        present = desk.present
        self._panel.show_rows(
            self._lines,
            None if present is None else _key(present),
            _empty_words(
                reviewing,
                desk.show,
                self._workspace.keymap,
                has_media=self._workspace.view.media_id is not None,
            ),
        )
        self._panel.show_progress(_progress_words(reviewing))
        has_row = present is not None or bool(self._workspace.view.selection)
        self._panel.show_verdicts(has_row=has_row, is_swap=self._swap() is not None)
        self._show_words(project)
        calibration = reviewing.calibration
        mark = None if calibration.found_share is None else (FIRST_SHARE, calibration.found_share)
        self._panel.show_trust(Trust(doubt_words.trust_text(calibration), calibration.curve, mark))

    def _swap(self) -> LikelySwap | None:
        """The likely swap that the present row is about."""
        present, reviewing = self._desk.present, self._desk.reviewing
        if present is None or reviewing is None:
            return None
        frames = {
            round(reason.value) for reason in present.doubt.reasons if reason.signal is Signal.SWAP
        }
        frames |= {
            round(reason.value)
            for reason in present.doubt.reasons
            if reason.signal is Signal.NEAR_JUMP
        }
        for media_id, swap in reviewing.swaps:
            is_mine = present.object_id in (swap.first, swap.second)
            if media_id == present.media_id and is_mine and int(swap.frame) in frames:
                return swap
        return None

    def _show_words(self, project: Project) -> None:
        view = self._workspace.view
        if view.media_id is None:
            self._panel.show_comments(())
            self._panel.show_question("")
            self._panel.show_signature("", can_sign=False)
            return
        self._panel.show_comments(_comments(project, view.media_id))
        self._panel.show_question(*self._question(project))
        self._panel.show_signature(_signature(project, view.media_id), can_sign=True)

    def _question(self, project: Project) -> tuple[str, str]:
        asked = self._desk.asked
        if asked is None:
            return "", ""
        media_id, frame, category = asked
        text = translate("ReviewSync", "Every {category} found?")
        question = text.format(category=project.category(category).name)
        if media_id not in self._checks:
            self._checks[media_id] = checks(project.prompts(media_id))
        check = self._checks[media_id].get((frame, category))
        if check is None:
            return question, ""
        said = (
            translate("ReviewSync", "all found, said {who}")
            if check.is_complete
            else translate("ReviewSync", "some are missing, said {who}")
        )
        return question, f"({said.format(who=check.author or '?')})"

    def _go_to(self, key: object) -> None:
        row = self._rows.get(key)
        if row is not None:
            self._desk.go_to(row)


class _Names:
    """What rows are called, each object's name looked up once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._known: dict[ObjectId, str] = {}

    def name(self, media_id: MediaId, object_id: ObjectId) -> str:
        found = self._known.get(object_id)
        if found is None:
            item = self._project.contents(media_id).objects.get(object_id)
            found = "?" if item is None else naming.object_name(self._project, item)
            self._known[object_id] = found
        return found

    def row(self, row: QueueRow) -> DoubtRow:
        media = self._project.medium(row.media_id)

        def name_of(object_id: ObjectId) -> str:
            return self.name(row.media_id, object_id)

        title = name_of(row.object_id)
        partner = doubt_words.partner_of(row.doubt)
        if partner is not None:
            title = f"{title} ↔ {name_of(partner)}"
        detail = doubt_words.reasons_line(row.doubt, name_of)
        is_clip = media.kind is MediaKind.CLIP
        place = f"f {row.doubt.peak}" if is_clip else PurePosixPath(media.path).name
        sign, level = doubt_words.sign_of(row)
        chance = translate("ReviewSync", "{chance} % likely to be wrong").format(
            chance=round(row.doubt.probability * 100)
        )
        span = (
            translate("ReviewSync", "frames {start} to {stop}").format(
                start=row.doubt.start, stop=row.doubt.stop
            )
            if is_clip
            else place
        )
        said = doubt_words.state_word(row.state)
        spoken = f"{title}: {detail}. {doubt_words.level_word(level)}, {chance}; {span}; {said}"
        return DoubtRow(_key(row), title, detail, place, sign, level, spoken)


def _key(row: QueueRow) -> tuple[int, int, int]:
    return int(row.media_id), int(row.object_id), int(row.doubt.peak)


def _filters() -> list[tuple[str, str]]:
    return [
        (Show.DOUBTFUL.value, translate("ReviewSync", "Doubtful first")),
        (Show.OPEN.value, translate("ReviewSync", "Not judged yet")),
        (Show.UNSIGNED.value, translate("ReviewSync", "Changed since sign-off")),
        (Show.NEEDS_WORK.value, translate("ReviewSync", "Rejected or to fix")),
        (Show.ACCEPTED.value, translate("ReviewSync", "Accepted")),
        (Show.ALL.value, translate("ReviewSync", "Everything")),
    ]


def _empty_words(
    reviewing: Reviewing, show: Show, keymap: Keymap, *, has_media: bool
) -> tuple[str, str]:
    if not has_media:
        return (
            translate("ReviewSync", "Nothing to review"),
            translate("ReviewSync", "Open a clip or pictures with masks that a model made."),
        )
    if not reviewing.is_done:
        return translate("ReviewSync", "Measuring…"), ""
    if show is Show.DOUBTFUL and reviewing.rows(Show.ALL):
        return (
            translate("ReviewSync", "Nothing doubtful is left"),
            translate("ReviewSync", "Sign off, or choose another list above."),
        )
    return (
        translate("ReviewSync", "No rows here"),
        translate(
            "ReviewSync",
            "Masks that a model made appear here, the likeliest errors first. Track an object"
            "{track} or find things with the Find bar to get some.",
        ).format(track=keymap.behind("clip.forward")),
    )


def _progress_words(reviewing: Reviewing) -> str:
    if reviewing.is_done:
        return ""
    seen, total = reviewing.masks
    if seen < total:
        text = translate("ReviewSync", "Looked at {share} % of the masks so far.")
        return text.format(share=100 * seen // total)
    return translate("ReviewSync", "Comparing objects…")


def _comments(project: Project, media_id: MediaId) -> list[CommentRow]:
    contents = project.contents(media_id)
    names = _Names(project)
    rows = []
    for comment in sorted(contents.comments.values(), key=lambda c: (c.frame, c.id)):
        about = [comment.author or "?", _when(comment.written_at)]
        if comment.object_id is not None:
            about.append(names.name(media_id, comment.object_id))
        rows.append(
            CommentRow(
                comment.id,
                comment.text,
                f"f {comment.frame}",
                in_words(about),
                comment.is_resolved,
            )
        )
    return rows


def _signature(project: Project, media_id: MediaId) -> str:
    contents = project.contents(media_id)
    if not contents.signoffs:
        return translate("ReviewSync", "Nobody has signed this off yet.")
    newest = max(contents.signoffs.values(), key=lambda s: s.id)
    text = translate("ReviewSync", "Signed by {who}, {when}: {what}.").format(
        who=newest.author or "?", when=_when(newest.signed_at), what=_signed(project, newest)
    )
    changed = changed_since(contents, newest)
    if not changed.is_changed:
        return text
    frames = sum(len(found) for found in changed.frames.values())
    later = translate("ReviewSync", "%n mask(s) changed since.", "", frames)
    return f"{text} {later}"


def _signed(project: Project, sign_off: SignOff) -> str:
    """What a signature is about: everything, or an object, or a range of frames."""
    media, about = project.medium(sign_off.media_id), []
    if sign_off.object_id is not None:
        about.append(_Names(project).name(media.id, sign_off.object_id))
    if (sign_off.start, sign_off.stop) != (0, media.frame_count - 1):
        text = translate("ReviewSync", "frames {start} to {stop}")
        about.append(text.format(start=sign_off.start, stop=sign_off.stop))
    return in_words(about) if about else translate("ReviewSync", "everything")


def _when(seconds: float) -> str:
    local = datetime.fromtimestamp(seconds, tz=timezone.utc).astimezone()
    return f"{local:%Y-%m-%d %H:%M}"
