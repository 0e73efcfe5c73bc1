"""Is every rule of conformance tested? Each by its number."""

from __future__ import annotations

import ast
import re
from pathlib import Path

RULES = range(1, 26)
NAME = re.compile(r"test_rule_(\d\d)_\w+")


def test_every_rule_has_a_test_with_its_number() -> None:
    found = set()
    for path in Path(__file__).parent.glob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (named := NAME.fullmatch(node.name)):
                found.add(int(named[1]))
    assert found == set(RULES)
