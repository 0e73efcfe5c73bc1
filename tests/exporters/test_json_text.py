"""Does the service take what a definition cannot ask for otherwise: objects as JSON text?"""

from __future__ import annotations

from typing import Any

import pytest

from connector.platforms.lenient import as_schema_says, object_from_text

OBJECT = {"type": "object"}
OBJECTS = {"type": "array", "items": {"type": "object"}}


@pytest.mark.parametrize(
    ("value", "schema", "read"),
    [
        (' {"a": 1}', OBJECT, {"a": 1}),
        ({"a": 1}, OBJECT, {"a": 1}),
        ("{a: 1}", OBJECT, "{a: 1}"),
        ("", OBJECT, ""),
        ('{"a": 1}', {"type": "string"}, '{"a": 1}'),
        ('{"a": 1}', {}, '{"a": 1}'),
    ],
)
def test_an_object_of_a_json_body_may_be_text(value: Any, schema: Any, read: Any) -> None:
    assert object_from_text(value, schema) == read


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('[{"a": 1}]', [{"a": 1}]),
        ('{"a": 1},{"b": [2]}', [{"a": 1}, {"b": [2]}]),
        ('{"a": 1}', [{"a": 1}]),
        ("{a},{b}", ["{a}", "{b}"]),
    ],
)
def test_objects_in_a_query_may_follow_one_another(text: str, read: Any) -> None:
    assert as_schema_says([text], OBJECTS) == read
