"""How will it look to a maker? A page of the package's steps, drawn the way a designer draws them.

One file without scripts, to be opened in any browser, with the package's icon beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

Json = Mapping[str, Any]

MOST_TOKENS = 24  # outputs shown of one step
METHODS = ("get", "post", "delete")

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} in Power Automate</title>
<style>
:root {{ --brand: {color}; }}
* {{ box-sizing: border-box; }}
body {{ margin: 0; background: #f3f2f1; color: #252423; font: 15px/1.45 "Segoe UI", sans-serif; }}
header {{ display: flex; gap: 20px; align-items: center; padding: 28px 40px; background: #fff; }}
header img {{ width: 72px; height: 72px; border-radius: 6px; }}
h1 {{ margin: 0; font-size: 26px; }} h2 {{ font-size: 17px; margin: 28px 0 10px; }}
p {{ margin: 4px 0; }} .soft {{ color: #605e5c; }}
main {{ display: grid; grid-template-columns: minmax(320px, 430px) 1fr; gap: 8px 36px;
  padding: 0 40px 48px; }}
@media (max-width: 900px) {{ main {{ grid-template-columns: 1fr; }} }}
.row {{ display: flex; gap: 12px; padding: 10px 12px; background: #fff;
  border-bottom: 1px solid #edebe9; }}
.row img {{ width: 32px; height: 32px; border-radius: 4px; }}
.row b {{ font-weight: 600; }} .row p {{ font-size: 13px; }}
.step {{ background: #fff; border-radius: 4px; margin-bottom: 28px;
  box-shadow: 0 2px 6px #0003; }}
.step h3 {{ display: flex; gap: 10px; align-items: center; margin: 0; padding: 8px 12px;
  font-size: 15px; border-top: 4px solid var(--brand); border-radius: 4px 4px 0 0;
  background: #faf9f8; }}
.step h3 img {{ width: 28px; height: 28px; border-radius: 4px; }}
.body {{ padding: 12px 18px 16px; }}
.field {{ display: grid; grid-template-columns: 190px 1fr; gap: 4px 14px; padding: 5px 0;
  align-items: baseline; }}
.field i {{ color: #a4262c; font-style: normal; }}
.box {{ border: 1px solid #8a8886; border-radius: 2px; padding: 5px 9px; color: #605e5c;
  font-size: 13px; min-height: 31px; display: flex; justify-content: space-between; gap: 10px; }}
summary {{ cursor: pointer; color: #0063b1; padding: 8px 0; }}
.token {{ display: inline-block; margin: 3px 6px 3px 0; padding: 2px 9px; border-radius: 3px;
  color: #fff; background: var(--brand); font-size: 13px; }}
.tag {{ font-size: 12px; padding: 0 7px; border-radius: 9px; background: #edebe9;
  color: #494745; white-space: nowrap; align-self: start; }}
</style>
</head>
<body>
<header><img src="icon.png" alt=""><div><h1>{title}</h1><p>{description}</p>
<p class="soft">{address}</p></div></header>
<main>
<section>{lists}</section>
<section><h2>Steps that wait for the job</h2>{steps}</section>
</main>
</body>
</html>
"""


def preview(definition: Json, color: str) -> bytes:
    """The page of a Swagger 2.0 definition, in the brand colour, #RRGGBB."""
    visible = [each for each in _operations(definition) if _shown(each)]
    main = [each for each in visible if each.get("x-ms-visibility") == "important"]
    triggers = [each for each in visible if "x-ms-trigger" in each]
    actions = [each for each in visible if "x-ms-trigger" not in each]
    page = PAGE.format(
        title=escape(definition["info"]["title"]),
        description=escape(definition["info"]["description"]),
        address=escape(f"https://{definition['host']}{definition['basePath']}"),
        color=color,
        lists=_list("Triggers", triggers) + _list("Actions", actions),
        steps="".join(_step(each, definition) for each in main),
    )
    return page.encode("ascii", "xmlcharrefreplace")


def _operations(definition: Json) -> Iterator[Json]:
    for item in definition["paths"].values():
        yield from (item[method] for method in METHODS if method in item)


def _shown(each: Json) -> bool:
    return each.get("x-ms-visibility") != "internal"


def _list(title: str, operations: list[Json]) -> str:
    rows = "".join(
        f'<div class="row"><img src="icon.png" alt=""><div><b>{escape(each["summary"])}</b>'
        f'<p class="soft">{escape(each["description"])}</p></div></div>'
        for each in operations
    )
    return f"<h2>{title} ({len(operations)})</h2>{rows}"


def _step(operation: Json, definition: Json) -> str:
    """One step as it stands in a flow: its inputs, and what the next steps can use."""
    fields = [each for each in _fields(operation) if _shown(each[1])]
    usual = [each for each in fields if each[1].get("x-ms-visibility") != "advanced"]
    further = [each for each in fields if each[1].get("x-ms-visibility") == "advanced"]
    more = "".join(_field(*each) for each in further)
    hidden = f"<details><summary>Show advanced options</summary>{more}</details>" if more else ""
    tokens = "".join(
        f'<span class="token">{escape(each)}</span>' for each in _outputs(operation, definition)
    )
    return (
        f'<div class="step"><h3><img src="icon.png" alt="">{escape(operation["summary"])}</h3>'
        f'<div class="body">{"".join(_field(*each) for each in usual)}{hidden}'
        f'<p class="soft">For the next steps:</p>{tokens}</div></div>'
    )


def _fields(operation: Json) -> Iterator[tuple[str, Json, bool]]:
    """Name, schema and whether it must be given, of every parameter and member of the body."""
    for parameter in operation.get("parameters", []):
        schema = parameter.get("schema")
        if schema is None:
            yield parameter["name"], parameter, bool(parameter.get("required"))
            continue
        needed = schema.get("required", [])
        for name, each in schema.get("properties", {}).items():
            yield name, each, name in needed


def _field(name: str, schema: Json, needed: bool) -> str:
    label = escape(schema.get("x-ms-summary", name)) + (" <i>*</i>" if needed else "")
    return (
        f'<div class="field"><span>{label}</span><div class="box"><span>'
        f"{escape(schema.get('description', ''))}</span>{_tag(schema)}</div></div>"
    )


def _tag(schema: Json) -> str:
    """What the designer offers there, in a word."""
    if "x-ms-dynamic-values" in schema:
        kind = "your own list &#9662;"
    elif "enum" in schema or schema.get("type") == "boolean":
        kind = "list &#9662;"
    elif schema.get("format") == "byte":
        kind = "file content"
    else:
        return ""
    return f'<span class="tag">{kind}</span>'


def _outputs(operation: Json, definition: Json) -> list[str]:
    """The titles of what the result holds, outermost first."""
    schema = _resolved(operation["responses"]["200"].get("schema", {}), definition)
    found: list[str] = []
    level = [schema]
    while level and len(found) < MOST_TOKENS:
        inner = [
            _resolved(each, definition)
            for one in level
            for each in one.get("properties", {}).values()
        ]
        found += [each.get("x-ms-summary", "") for each in inner if "properties" not in each]
        level = [each for each in inner if "properties" in each]
    own = ["... and the fields of your own model or schema"] if _dynamic(schema) else []
    return [each for each in found[:MOST_TOKENS] if each] + own


def _dynamic(schema: Json) -> bool:
    return "x-ms-dynamic-schema" in schema


def _resolved(schema: Json, definition: Json) -> Json:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    found: Json = definition.get("definitions", {}).get(name, {}) if name else {}
    return {**found, **schema} if name else schema
