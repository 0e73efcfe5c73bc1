"""How is the connector installed, and what can it do? The package's README. Pure."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options
from connector.exporters.power_automate.definition import operations
from connector.exporters.power_automate.names import plain

Json = dict[str, Any]


def readme(manifest: Manifest, options: Options, definition: Json) -> str:
    """``README.md``: for the person who installs, and the makers who ask them."""
    title = plain(manifest.title)
    whole = "\n\n".join((
        f"# {title} for Power Automate",
        f"{plain(manifest.description)} The connector speaks to `{options.public_url}`. Open "
        "`preview.html` in a browser to see its steps as a maker sees them.",
        INSTALL,
        _connect(title, options),
        _table(definition),
        _choose(options),
        _trouble(),
    ))  # fmt: skip
    return whole + "\n"


INSTALL = """## Install

With Microsoft's command line, in an environment of its own (its dependencies are old):

```sh
python -m venv paconn-env
paconn-env/bin/pip install paconn
paconn-env/bin/paconn login
paconn-env/bin/paconn create --settings settings.json
```

Run it in this folder. It asks for the environment and prints the connector's id. Write that into
`settings.json` as `connectorId`, and a later version is installed with
`paconn-env/bin/paconn update --settings settings.json`.

By hand: open <https://make.powerautomate.com>, then **Custom connectors > New custom connector >
Import an OpenAPI file**, and choose `apiDefinition.swagger.json`. On the page **General**, upload
`icon.png` and enter the colour that `apiProperties.json` names as `iconBrandColor`; then **Create
connector**. Whatever else `apiProperties.json` holds is left out this way: enter it by hand."""


def _connect(title: str, options: Options) -> str:
    own = (
        f"\nIt also asks for **{title} Key**: the maker's own key, with which their jobs run. It\n"
        "travels with every request and is kept encrypted until the job ends."
        if options.credentials == "maker"
        else f"\nJobs run with the key for {title} that the operator set."
    )
    return f"""## Connect

The first step that uses the connector asks for **Service Key**. The operator makes one with

```sh
connector keys add OWNER
```

and it is shown once. Jobs belong to its owner: other keys of that owner see them, nobody else.
{own}"""


def _table(definition: Json) -> str:
    rows = [
        f"| {each['summary']} | {_kind(each)} | {each['description']} |"
        for each in operations(definition)
        if each.get("x-ms-visibility") != "internal"
    ]
    head = "| step | kind | what it does |\n| --- | --- | --- |\n"
    hidden = [
        f"`{each['operationId']}`"
        for each in operations(definition)
        if each.get("x-ms-visibility") == "internal"
    ]
    return (
        f"## What it can do\n\n{head}" + "\n".join(rows) + "\n\n"
        f"Hidden, and called by the platform itself: {', '.join(hidden)}."
    )


def _kind(operation: Json) -> str:
    return "trigger" if "x-ms-trigger" in operation else "action"


def _choose(options: Options) -> str:
    failed = (
        "A job that fails makes the step fail, with the reason in its output."
        if options.failed_jobs == "fail"
        else "A job that fails does not make the step fail: look at **Status** and **Error**."
    )
    return f"""## Which step to take

- One document, one result: the action without anything in parentheses. It waits as long as the
  job takes, up to 30 days, and no loop is needed.
- Many documents at once, or other work in between: **submit only**, then **Get the result of a
  job** with the job's id.
- Hours or days, because people review: **with callback**, or **Wait for a job**. The flow sleeps
  and asks nothing. A run that is canceled cancels the job that it ordered **with callback**.
- Another flow goes on with it: the triggers.

{failed}"""


TROUBLE = {
    "the step succeeds at once, without outputs": "its setting **Asynchronous pattern** must be on "
    "(it is, unless someone turned it off)",
    "401 on the first call": "the connection's key: it may be revoked; `connector keys list` tells",
    "401 or 404 while it waits": "`Location` leads elsewhere: the service must know its public URL "
    "(`CONNECTOR_PUBLIC_URL`), whose host is the one above; `CONNECTOR_POWER_AUTOMATE_LOCATION` "
    "says which way polls go",
    "ActionTimedOut": "the step's own timeout (**Settings > Timeout**) is shorter than the job; "
    "the input **Timeout** is the job's own",
    "a callback or trigger never comes": "the service must be able to reach the flow's address, "
    "and `CONNECTOR_FLOW_HOSTS` must allow its host",
    "413": "the file is larger than the service takes; give its address instead",
    "422": "the message says which input is wrong, or why the provider refused",
    "the outputs have no names": "choose the action, or the inputs that decide on the outputs, "
    "first; the designer asks for the names then",
    "a changed connector looks as before": "definitions are cached for minutes, at times for "
    "hours; open the flow anew",
}
"""What people see, and what they should check."""


def _trouble() -> str:
    rows = "\n".join(f"| {seen} | {check} |" for seen, check in TROUBLE.items())
    return f"## When it does not work\n\n| what you see | what to check |\n| --- | --- |\n{rows}"
