"""What is a batch? The same step many times, each a job of its own, some at once."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from typing import Any

from connector.simulators.pulse.extract import extract_task
from connector.simulators.pulse.form import Form
from connector.simulators.pulse.house import House, Task
from connector.simulators.pulse.jobs import Job
from connector.simulators.pulse.problems import Refusal
from connector.simulators.pulse.steps import EXTRACTING, schema_task, split_task, tables_task

WORKERS, MOST_WORKERS = 4, 10
Maker = Callable[[Form, House], Task]


def batch_extract(form: Form, house: House) -> Task:
    """``POST /batch/extract``: one job for each file. A file that is refused is a failed child,
    wrong options refuse the whole batch."""
    given, options = form.inside("input"), form.object("extract_options") or {}
    ways = [name for name in ("s3_prefix", "file_urls", "files") if given.given(name)]
    if len(ways) != 1:
        raise Refusal("REQ_004", "input needs one of s3_prefix, file_urls and files")
    workers = common(form)
    if ways == ["s3_prefix"]:
        return unlisted(given.need("s3_prefix"))
    forms = [Form({**options, "file_url": url}, origin=form.origin) for url in urls(given)]
    for file in given.items("files"):
        forms.append(Form(options, uploaded(file), origin=form.origin))
    tasks = [child(each, house) for each in forms]
    if not tasks:
        raise Refusal("REQ_004", f"input.{ways[0]} is empty", parameter=ways[0])
    return made("batch of files", tasks, "total_files", workers)


def urls(given: Form) -> list[str]:
    """``file_urls``, each a string."""
    found = given.items("file_urls")
    if not all(isinstance(url, str) for url in found):
        raise Refusal("REQ_003", "input.file_urls must be strings", parameter="file_urls")
    return found


def uploaded(file: Any) -> tuple[bytes, str]:
    """A file inside the JSON: ``{"filename", "content"}``, the content in base64."""
    form = Form(file if isinstance(file, dict) else {}, place="input.files.")
    try:
        return base64.b64decode(form.need("content"), validate=True), form.need("filename")
    except binascii.Error:
        raise Refusal("REQ_003", "input.files.content is not valid base64") from None


def child(form: Form, house: House) -> Task:
    """One file of a batch."""
    try:
        return extract_task(form, house)
    except Refusal as refusal:
        if not refusal.code.startswith("FILE_"):
            raise
        return Task(form.file[1] if form.file else "document", "", failing(refusal))


def failing(refusal: Refusal) -> Callable[[Job], dict[str, Any]]:
    """Work that comes to nothing."""

    def work(_: Job) -> dict[str, Any]:
        raise refusal

    return work


def unlisted(prefix: str) -> Task:
    """A batch over a store that nobody here can reach: it is taken and fails, as it would with
    a prefix that Pulse may not list."""
    if not prefix.startswith("s3://"):
        raise Refusal("REQ_003", "input.s3_prefix must be an s3:// URI", parameter="s3_prefix")
    refusal = Refusal("FILE_005", f"No files could be listed under {prefix}")
    return Task(prefix, "", failing(refusal), {"s3_prefix": prefix}, batch={"total_files": 0})


def common(form: Form) -> int:
    """``output`` is required of every batch; the number of workers."""
    output = form.inside("output")
    if not output.text("s3_prefix") and not output.text("local_path"):
        raise Refusal("REQ_004", "output needs s3_prefix or local_path", parameter="output")
    return form.number("workers", 1, MOST_WORKERS) or WORKERS


def made(name: str, tasks: Iterable[Task], counted: str, workers: int) -> Task:
    """The batch itself; what it made is what its children made."""
    children = tuple(tasks)
    seen = {"children": [task.seen for task in children]}
    return Task(name, "", lambda job: {}, seen, children, {counted: len(children)}, workers)


def over_extractions(maker: Maker) -> Maker:
    """A batch of one step over extractions."""

    def batch(form: Form, house: House) -> Task:
        ids = many(form, house, "batch_extract_id", EXTRACTING, "extraction_id", "extraction_ids")
        return over(form, house, maker, "extraction_id", ids, "total_extractions")

    return batch


def batch_schema(form: Form, house: House) -> Task:
    """``POST /batch/schema``: over extractions, or over splits."""
    if not form.given("batch_split_id") and not form.given("split_ids"):
        return over_extractions(schema_task)(form, house)
    ids = many(form, house, "batch_split_id", "batch_split", "split_id", "split_ids")
    return over(form, house, schema_task, "split_id", ids, "total_splits")


def many(
    form: Form, house: House, batch: str, operation: str, member: str, listed: str
) -> list[str]:
    """The ids a batch goes over: those of an earlier batch, or a list."""
    if form.given(batch) == form.given(listed):
        raise Refusal("REQ_004", f"Give one of {batch} and {listed}")
    if form.given(batch):
        return house.of_batch(form.need(batch), operation, member)
    return form.texts(listed)


def over(form: Form, house: House, maker: Maker, member: str, ids: list[str], counted: str) -> Task:
    """The same request for each id."""
    workers = common(form)
    if not ids:
        raise Refusal("REQ_004", f"There is no {member} to work on")
    listed = ("batch_extract_id", "extraction_ids", "batch_split_id", "split_ids")
    rest = {name: value for name, value in form.values.items() if name not in listed}
    tasks = [maker(Form({**rest, member: id}, origin=form.origin), house) for id in ids]
    return made(f"batch of {member}s", tasks, counted, workers)


BATCHES: dict[str, Maker] = {
    "batch_extract": batch_extract,
    "batch_schema": batch_schema,
    "batch_tables": over_extractions(tables_task),
    "batch_split": over_extractions(split_task),
}
