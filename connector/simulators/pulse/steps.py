"""What do the steps after an extraction make of it? Split, schema and tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from connector.simulators.fields import snake
from connector.simulators.kinds import kind_of
from connector.simulators.pulse.blocks import TABLE, Block
from connector.simulators.pulse.form import Form
from connector.simulators.pulse.house import Extraction, House, Split, Task, made_id
from connector.simulators.pulse.jobs import Job
from connector.simulators.pulse.problems import Refusal, unknown
from connector.simulators.pulse.schemas import Source, check_schema, fill
from connector.simulators.pulse.templates import (
    fill_rows,
    fill_template,
    read_template,
    schema_of,
)
from connector.simulators.pulse.writing import html_of

LONG_WORD = re.compile(r"\b[a-z]{4,}\b")
FORMATS = ("html", "json")
EXTRACTING = "batch_extract"


class Topic(NamedTuple):
    """One topic of a split."""

    name: str
    description: str


class Asked(NamedTuple):
    """One schema to fill; with ``effort`` it costs four times as much. ``template`` is the
    workbook that it was made of."""

    schema: dict[str, Any]
    effort: bool
    template: bytes | None = None


def split_task(form: Form, house: House) -> Task:
    """``POST /split``."""
    extraction = house.extraction(form.need("extraction_id"))
    topics = read_topics(form)
    return Task(
        extraction.name,
        extraction.key,
        lambda job: split(job, extraction, topics, house),
        seen(extraction),
    )


def read_topics(form: Form) -> list[Topic]:
    """The topics of ``split_config``."""
    if form.given("split_config_id"):
        raise unknown("Split configuration", form.need("split_config_id"))
    given = form.inside("split_config").items("split_input")
    if not given or not all(isinstance(topic, dict) for topic in given):
        raise Refusal("REQ_004", "split_config.split_input is required", parameter="split_config")
    forms = [Form(topic, place="split_input.") for topic in given]
    return [Topic(form.need("name"), form.text("description") or "") for form in forms]


def split(
    job: Job, extraction: Extraction, topics: Sequence[Topic], house: House
) -> dict[str, Any]:
    """Page numbers by topic; a page may belong to several topics or to none."""
    document = house.document(extraction.key)
    pages = {
        topic.name: [n for n in extraction.pages if is_about(document.pages[n - 1], topic)]
        for topic in topics
    }
    id = made_id(job.id, "split")
    house.splits[id] = Split(id, extraction.id, pages)
    count = len(extraction.pages)
    return {
        "split_id": id,
        "split_output": {"splits": pages},
        **house.charge(job.id, 2 * count, count),
    }


def is_about(page: str, topic: Topic) -> bool:
    """The topic's name stands there, or is the page's kind, or half of its description does."""
    text, name = page.lower(), topic.name.lower().replace("_", " ")
    if name in text or kind_of(page) == snake(topic.name):
        return True
    words = set(LONG_WORD.findall(topic.description.lower()))
    return bool(words) and 2 * len(words & set(LONG_WORD.findall(text))) >= len(words)


def schema_task(form: Form, house: House) -> Task:
    """``POST /schema``: one extraction, several together, or a split with a schema per topic."""
    ways = [name for name in ("extraction_id", "extraction_ids", "split_id") if form.given(name)]
    if len(ways) != 1:
        raise Refusal("REQ_004", "Give one of extraction_id, extraction_ids and split_id")
    if ways == ["split_id"]:
        one = house.split(form.need("split_id"))
        by_topic = read_topic_schemas(form)
        of = house.extraction(one.extraction_id)
        return Task(of.name, of.key, lambda job: by_split(job, one, by_topic, house), seen(of))
    asked = read_schema(form)
    ids = [form.need("extraction_id")] if ways == ["extraction_id"] else form.texts(ways[0])
    several = ways == ["extraction_ids"]
    if not several and ids[0] not in house.extractions:
        ids, several = house.of_batch(ids[0], EXTRACTING, "extraction_id"), True
    found = [house.extraction(id) for id in ids]
    if not found:
        raise Refusal("REQ_004", "extraction_ids is empty", parameter="extraction_ids")
    first = found[0]
    return Task(
        first.name,
        first.key,
        lambda job: single(job, found, several, asked, house),
        seen(first),
    )


def read_schema(form: Form) -> Asked:
    """``schema_config`` with its ``input_schema``, or the ``excel_template`` instead."""
    if form.given("schema_config_id"):
        raise unknown("Schema configuration", form.need("schema_config_id"))
    config = form.inside("schema_config")
    if config.given("excel_template"):
        if config.given("input_schema"):
            raise Refusal("REQ_003", "Give either input_schema or excel_template, not both")
        template = read_template(config.need("excel_template"))
        return Asked(schema_of(template), config.flag("effort"), template)
    if not config.given("input_schema"):
        raise Refusal("REQ_004", "schema_config.input_schema is required", parameter="input_schema")
    return Asked(check_schema(config.object("input_schema")), config.flag("effort"))


def read_topic_schemas(form: Form) -> dict[str, Asked]:
    """``split_schema_config``: a schema for each topic."""
    given = form.object("split_schema_config")
    if not given or not all(isinstance(one, dict) for one in given.values()):
        raise Refusal("REQ_004", "split_schema_config is required", parameter="split_schema_config")
    forms = {topic: Form(one, place=f"{topic}.") for topic, one in given.items()}
    if saved := next((one for one in forms.values() if one.given("schema_config_id")), None):
        raise unknown("Schema configuration", saved.need("schema_config_id"))
    return {
        topic: Asked(check_schema(one.object("schema")), one.flag("effort"))
        for topic, one in forms.items()
    }


def single(
    job: Job, found: Sequence[Extraction], several: bool, asked: Asked, house: House
) -> dict[str, Any]:
    """One schema over one document, or over several as if they were one."""
    sources = [source(each, house, several) for each in found]
    output = (fill_rows if asked.template else fill)(asked.schema, sources)
    id, pages = made_id(job.id, "schema"), sum(len(each.pages) for each in found)
    if asked.template:
        house.workbooks[id] = fill_template(asked.template, output["values"])
    return {
        "schema_id": id,
        "version": house.version(found[0].id, job.id),
        "schema_output": output,
        **({"excel_output_url": f"/schema/{id}/excel"} if asked.template else {}),
        **({"extraction_ids": [each.id for each in found]} if several else {}),
        **house.charge(job.id, (4 if asked.effort else 1) * pages, 0),
    }


def by_split(job: Job, one: Split, asked: Mapping[str, Asked], house: House) -> dict[str, Any]:
    """A schema for each topic, over the pages of the topic."""
    extraction = house.extraction(one.extraction_id)
    results: dict[str, Any] = {}
    errors: dict[str, str] = {}
    credits = 0
    for topic, each in asked.items():
        pages = tuple(one.pages.get(topic, ()))
        if not pages:
            errors[topic] = "The split has no pages for this topic"
            continue
        results[topic] = fill(each.schema, [source(extraction._replace(pages=pages), house)])
        credits += (4 if each.effort else 1) * len(pages)
    return {
        "schema_id": made_id(job.id, "schema"),
        "split_id": one.id,
        "results": results,
        "input_schemas": {topic: each.schema for topic, each in asked.items()},
        **({"errors": errors} if errors else {}),
        **house.charge(job.id, credits, 0),
    }


def source(extraction: Extraction, house: House, several: bool = False) -> Source:
    """The pages of an extraction; among several, citations say ``extraction_id-bb_id``."""
    document, blocks = house.document(extraction.key), house.blocks(extraction)
    return Source(document, extraction.pages, blocks, f"{extraction.id}-" if several else "")


def tables_task(form: Form, house: House) -> Task:
    """``POST /tables``."""
    extraction = house.extraction(form.need("extraction_id"))
    config = form.inside("tables_config")
    style, merge = config.text("table_format") or "html", config.flag("merge")
    if style not in FORMATS:
        raise Refusal("REQ_003", "table_format must be html or json", parameter="table_format")
    config.flag("charts_to_tables")  # no charts are found, so that none become tables
    return Task(
        extraction.name,
        extraction.key,
        lambda job: tables(job, extraction, style, merge, house),
        seen(extraction),
    )


def tables(
    job: Job, extraction: Extraction, style: str, merge: bool, house: House
) -> dict[str, Any]:
    """All tables; merged, those that go on with the same header are one."""
    groups: list[list[Block]] = []
    for block in house.blocks(extraction):
        if block.kind != TABLE:
            continue
        if merge and groups and header(groups[-1][0]) == header(block):
            groups[-1].append(block)
        else:
            groups.append([block])
    found = [
        {
            "table_content": content(group, style),
            "citations": [block.id for block in group],
            "from_chart": False,
        }
        for group in groups
    ]
    return {
        "tables_id": job.id,
        "tables_output": {"tables": found},
        **house.charge(job.id, (0.5 if merge else 0.25) * len(found), 0),
    }


def header(table: Block) -> list[str]:
    """The names of the columns."""
    return [cell.text for cell in table.rows[0]]


def content(group: Sequence[Block], style: str) -> Any:
    """A table as HTML, or as headers and rows keyed by header."""
    if style == "json":
        names = header(group[0])
        rows = [[cell.text for cell in row] for block in group for row in block.rows[1:]]
        return {"headers": names, "rows": [dict(zip(names, row, strict=True)) for row in rows]}
    first, *others = group
    return html_of(first.joined(others))


def seen(extraction: Extraction) -> dict[str, Any]:
    """What the log tells of a step."""
    return {"filename": extraction.name, "extraction_id": extraction.id}
