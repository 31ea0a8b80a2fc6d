"""What of a chapter must be executed again: nothing, some sentences, or all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode

from engine.words.prose import INLINE

from ..notebook import prose_text


def take_over(old: NotebookNode, new: NotebookNode) -> list[int] | None:
    """Give a changed chapter the outputs that still hold.

    Parameters
    ----------
    old : NotebookNode
        The chapter as it was executed.
    new : NotebookNode
        The chapter as it is now; outputs that still hold are put into it.

    Returns
    -------
    list of int, or None
        Places in `new` of the narrative to be executed in the kernel that ran `old`. None when that would not be sure
        to give what a fresh run gives: code differs, or a later cell sets a name that the narrative uses.
    """
    if [cell.source for cell in _code(old)] != [cell.source for cell in _code(new)]:
        return None
    for before, now in zip(_code(old), _code(new), strict=True):
        now.outputs = before.outputs
    told = {(place, cell.source): cell.outputs for place, cell in _narrative(old)}
    todo = []
    for number, (place, cell) in zip(_numbers(new), _narrative(new), strict=True):
        if (place, cell.source) in told:
            cell.outputs = told[place, cell.source]
        elif _names_used(str(prose_text(cell.source))) & _names_set(_code(new)[place:]):
            return None
        else:
            todo.append(number)
    return todo


def _is_narrative(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and prose_text(cell.source) is not None


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and not _is_narrative(cell)]


def _numbers(notebook: NotebookNode) -> list[int]:
    return [number for number, cell in enumerate(notebook.cells) if _is_narrative(cell)]


def _narrative(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Narrative cells, each with the number of code cells before it: sentences may move, but not past code."""
    place = 0
    for cell in notebook.cells:
        if _is_narrative(cell):
            yield place, cell
        elif cell.cell_type == "code":
            place += 1


def _names_used(text: str) -> set[str]:
    names: set[str] = set()
    for expression in INLINE.findall(text):
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except SyntaxError:
            continue  # the kernel will say what is wrong with it
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names


def _names_set(cells: list[NotebookNode]) -> set[str]:
    """Names that cells bind or change in place; a star import is taken to bind nothing that a chapter uses."""
    names: set[str] = set()
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
                names.add(node.id)
            elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, (ast.Store, ast.Del)):
                inner: ast.expr = node
                while isinstance(inner, (ast.Subscript, ast.Attribute)):
                    inner = inner.value
                names |= {inner.id} if isinstance(inner, ast.Name) else set()
            elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.alias):
                names.add(node.asname or node.name.partition(".")[0])
    return names
