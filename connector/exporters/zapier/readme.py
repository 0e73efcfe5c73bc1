"""How is the app pushed to Zapier, and what can it do? The package's README. Pure."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options

Json = dict[str, Any]


def readme(manifest: Manifest, options: Options, data: Json) -> str:
    """``README.md``: for the person who pushes it, and the makers who ask them."""
    whole = "\n\n".join((
        f"# {manifest.title} for Zapier",
        f"{manifest.description} The app speaks to `{options.public_url}`.",
        INSTALL.replace("TITLE", manifest.title),
        _connect(manifest.title, options),
        _table(data),
        _choose(options),
        PRIVATE,
        _trouble(),
    ))  # fmt: skip
    return whole + "\n"


INSTALL = """## Install

With Zapier's command line, which needs Node 22 or later, in this folder:

```sh
npm install                             # keep the package-lock.json that it writes
npm install --global zapier-platform-cli
zapier-platform login
zapier-platform register "TITLE"
zapier-platform validate --without-style
zapier-platform push
```

`register` writes `.zapierapprc`, which says whose app this is: keep it. For a later version, count
up `version` in `package.json` (a new export leaves it alone), push, and move your Zaps to it:

```sh
zapier-platform push
zapier-platform migrate 1.0.0 1.1.0
```

To try it without an account: write `authData_base_url=...` and `authData_api_key=...` into a file
`.env`, and call `zapier-platform invoke auth test`."""


def _connect(title: str, options: Options) -> str:
    own = (
        f"\n**{title} Key** is the maker's own key, with which their jobs run. It travels with\n"
        "every request and is kept encrypted until the job ends."
        if options.credentials == "maker"
        else f"\nJobs run with the key for {title} that the operator set."
    )
    return f"""## Connect

The first step that uses the app asks for the **Service URL**, which is filled in already, and for
a **Service Key**. The operator makes one with

```sh
connector keys add OWNER
```

and it is shown once. Jobs belong to its owner: other keys of that owner see them, nobody else.
{own}"""


KINDS = {"triggers": "trigger", "searches": "search", "creates": "action"}


def _table(data: Json) -> str:
    rows = [
        f"| {each['display']['label']} | {kind} | {each['display']['description']} |"
        for part, kind in KINDS.items()
        for each in data[part].values()
        if not each["display"].get("hidden")
    ]
    head = "| step | kind | what it does |\n| --- | --- | --- |\n"
    return f"## What it can do\n\n{head}" + "\n".join(rows)


def _choose(options: Options) -> str:
    failed = (
        "A job that fails makes the step fail, with the reason as its error. A canceled one halts\n"
        "the run, which does not count as an error."
        if options.failed_jobs == "fail"
        else "A job that fails does not make the step fail: look at **Status** and **Error Code**."
    )
    return f"""## Which step to take

- One document, one result: the action without anything in parentheses. The run sleeps until the
  job has ended, for 30 days at most. In a test of that one step Zapier cannot wait: it gets what is
  there after 25 seconds, with a warning if the job is still open.
- Many documents, or other work in between: **don't wait**, later **Find Job**.
- Another Zap goes on with it: **Job Finished**. Give **Client Reference** with the job to know
  there what it was about. **Job Finished (Polling)** is for services that cannot reach Zapier.

{failed}

A replayed run submits its job again, as a new one. Whatever is larger than a message of 64 kB is
fetched by the waiting step; **Result File** is the result as a file, for the steps after it."""


PRIVATE = """## Who may use it

An app that is pushed is private: yours, and of those whom you invite
(`zapier-platform users:add EMAIL`, or `zapier-platform team:add EMAIL admin`). Keep it private.
Zapier publishes an app only for whoever owns the API behind it, or has its owner's permission, and
counts a public API that is passed through servers of others among the private ones."""


TROUBLE = {
    "the connection cannot be made": "the Service URL begins with https:// and is the service's "
    "own; the key is not revoked (`connector keys list`)",
    "the run waits and never goes on": "the service must be able to reach zapier.com, and "
    "`connector list` tells whether the job has ended; a Zap that was changed meanwhile is not "
    "resumed",
    "Job Finished never comes": "the service must be able to reach hooks.zapier.com; else take the "
    "polling trigger",
    "Your connection expired": "the service does not know the key any more: connect again",
    "the result has no fields to choose from": "choose the inputs that decide on them first, then "
    "refresh the fields",
    "Result is empty though the job succeeded": "**Warning** says why: use **Result File**",
    "What resumed this step is about another job": "somebody else posted to the callback URL; run "
    "it again",
}
"""What people see, and what they should check."""


def _trouble() -> str:
    rows = "\n".join(f"| {seen} | {check} |" for seen, check in TROUBLE.items())
    return f"## When it does not work\n\n| what you see | what to check |\n| --- | --- |\n{rows}"
