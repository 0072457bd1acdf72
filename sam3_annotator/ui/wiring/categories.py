"""CategoryDesk: the category new objects get, its hotkeys, and edits of the list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sam3_annotator.domain.commands import AddCategory, EditCategory, Recategorize
from sam3_annotator.domain.ids import CategoryId
from sam3_annotator.errors import Rejected
from sam3_annotator.ui.text import translate

if TYPE_CHECKING:
    from sam3_annotator.ui.wiring.workspace import Workspace


class CategoryDesk(QObject):
    """Chooses, finds and edits categories of the open project."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        workspace.document_changed.connect(self._choose_first)
        workspace.touched.connect(lambda _: self._keep_valid())

    def for_new_object(self) -> CategoryId:
        """The category a new object gets; makes one called "object" in an empty project.

        Raises:
            Rejected: no project is open.
        """
        project = self._workspace.require_document().project
        chosen = self._workspace.view.category_id
        if chosen is not None and chosen in project.categories:
            return chosen
        first = next(iter(project.categories), None)
        found = first if first is not None else self.named("object")
        self._workspace.state.update(category_id=found)
        return found

    def named(self, name: str) -> CategoryId:
        """The category of that name, made if there is none.

        Raises:
            Rejected: no project is open, or the name is empty.
        """
        document = self._workspace.require_document()
        wanted = name.strip().casefold()
        for category in document.project.categories.values():
            if category.name.casefold() == wanted:
                return category.id
        made = document.do(AddCategory(name.strip(), hotkey=self._free_hotkey())).made
        return CategoryId(made[0])

    def choose(self, category: CategoryId) -> None:
        """Give this category to new objects, or to the selected ones."""
        if self._workspace.view.selection:
            self._workspace.do(Recategorize(self._workspace.view.selection, category))
        self._workspace.state.update(category_id=category)

    def choose_by_hotkey(self, key: str) -> None:
        """What pressing "1".."9" does."""
        with self._workspace.explaining():
            project = self._workspace.require_document().project
            for category in project.categories.values():
                if category.hotkey == key:
                    self.choose(category.id)
                    return
            raise Rejected(
                translate("CategoryDesk", "No category has the key {key}.").format(key=key)
            )

    def rename(self, category: CategoryId, name: str) -> None:
        """Call a category something else."""
        with self._workspace.explaining():
            document = self._workspace.require_document()
            present = document.project.category(category)
            if name and name != present.name:
                document.do(EditCategory(replace(present, name=name)))

    def _free_hotkey(self) -> str:
        project = self._workspace.project
        if project is None:
            return ""
        taken = {category.hotkey for category in project.categories.values()}
        return next((key for key in "123456789" if key not in taken), "")

    def _choose_first(self) -> None:
        project = self._workspace.project
        first = None if project is None else next(iter(project.categories), None)
        self._workspace.state.update(category_id=first)

    def _keep_valid(self) -> None:
        project, chosen = self._workspace.project, self._workspace.view.category_id
        if project is not None and chosen not in project.categories:
            self._choose_first()
