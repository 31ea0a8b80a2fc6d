"""Whether helpers wrote an inline value: what it is, what its expression calls, and what the cells before it bound.

A value is a word or a whole number. What a sentence says of persons' rows must have gone through an estimator, so no
part of the expression may take anything but a frame out of a frame that no estimator made.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from engine.table import is_estimated

OURS = ("engine", "helpers", "builtins")
PANDAS = (pd.DataFrame, pd.Series, pd.Index, np.ndarray, np.generic)
# Where IPython keeps the text of the cells that have been executed.
HISTORY = "In"


def is_told(expression: str, value: object, names: Mapping[str, Any]) -> bool:
    """Tell whether an inline value may stand in a sentence.

    Parameters
    ----------
    expression : str
        As it stands in the chapter.
    value : object
        What it gave.
    names : mapping
        What it could name; its `In`, where there is one, holds the cells so far.

    Returns
    -------
    bool
        False for what is no word and no whole number, and for what was read from rows that no estimator made.
    """
    if not isinstance(value, str) and type(value) is not int:
        return False
    return _Reader(dict(names)).made(ast.parse(expression, mode="eval").body)


@dataclass
class _Reader:
    """Reads expressions among the names of a notebook."""

    names: dict[str, Any]
    # Names that are being looked up: one that is bound by itself says nothing new.
    within: tuple[str, ...] = ()

    def made(self, node: ast.AST) -> bool:
        """Whether all that an expression takes is ours."""
        if isinstance(node, ast.Name):
            return self._name(node)
        if isinstance(node, (ast.Attribute, ast.Subscript)):
            return self._part(node, node.value)
        if isinstance(node, ast.Call):
            return self._call(node) and all(map(self.made, [*node.args, *(word.value for word in node.keywords)]))
        return all(map(self.made, ast.iter_child_nodes(node)))

    def _call(self, node: ast.Call) -> bool:
        if isinstance(node.func, ast.Attribute):
            return self._part(node, node.func.value)
        function = self._value(node.func)
        return str(getattr(function, "__module__", "")).partition(".")[0] in OURS

    def _part(self, node: ast.expr, of: ast.expr) -> bool:
        owner = self._value(of)
        if isinstance(owner, PANDAS):
            whole = isinstance(self._value(node), pd.DataFrame)
            return whole or (isinstance(owner, (pd.DataFrame, pd.Series)) and is_estimated(owner))
        return self.made(of)

    def _name(self, node: ast.Name) -> bool:
        value = self.names.get(node.id, getattr(builtins, node.id, None))
        if isinstance(value, pd.DataFrame) or callable(value) or type(value).__module__.startswith(OURS[:2]):
            return True
        if node.id in self.within:
            return True
        bound = [found for source in self.names.get(HISTORY, ()) for found in _bound(source, node.id)]
        return not bound or _Reader(self.names, (*self.within, node.id)).made(bound[-1])

    def _value(self, node: ast.expr) -> object:
        try:
            return eval(compile(ast.Expression(node), "sentence", "eval"), self.names)
        except NameError:
            # A name that the expression itself binds, as in a comprehension.
            return None


@lru_cache(maxsize=1024)
def _bound(source: str, name: str) -> tuple[ast.expr, ...]:
    """What a cell binds to a name, in order."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ()
    return tuple(value for each in ast.walk(tree) for target, value in _targets(each) if _is(target, name))


def _targets(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What a statement binds, each to what."""
    if isinstance(node, (ast.For, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _pairs(target, node.value)
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)) and node.value is not None:
        yield node.target, node.value


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Of `a, b = x, y` each with its own, of `a, b = x` both with the whole."""
    if not isinstance(target, ast.Tuple):
        return [(target, value)]
    of = value.elts if isinstance(value, ast.Tuple) else [value] * len(target.elts)
    return list(zip(target.elts, of, strict=False))


def _is(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name
