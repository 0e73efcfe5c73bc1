"""What do people read in Zapier's editor? Labels and descriptions of the steps. Pure.

A label has at most 64 characters and a description at most 1000 (zapier-platform-schema,
BasicDisplaySchema); a trigger's description begins with "Triggers when" (integration check D021).
"""

from __future__ import annotations

from connector.core.language import Action, Choice, Manifest

LONGEST_LABEL, LONGEST_DESCRIPTION = 64, 1000  # characters

SUBMIT = " (don't wait)"
WAITING = "Waits until the job has ended, up to 30 days, and returns its result."
SUBMITTING = "Submits the job and goes on at once; find it later by its ID, or by a trigger."

NOUN = "Job"


def display(label: str, description: str, hidden: bool = False) -> dict[str, object]:
    """Zapier's ``display``."""
    shown = description[:LONGEST_DESCRIPTION]
    return {"label": label, "description": shown, **({"hidden": True} if hidden else {})}


def waiting(action: Action) -> dict[str, object]:
    """The step that waits for the result."""
    return display(action.title, _said(action.description, WAITING))


def submitting(action: Action) -> dict[str, object]:
    """The step that goes on at once."""
    return display(f"{action.title}{SUBMIT}", _said(action.description, SUBMITTING))


def canceling(manifest: Manifest) -> dict[str, object]:
    """The step that cancels a job."""
    said = f"Cancels a job of {manifest.title} that has not ended, and returns it."
    return display("Cancel Job", said)


def finding(manifest: Manifest) -> dict[str, object]:
    """The search."""
    said = f"Finds a job of {manifest.title} by its ID or by your own reference, with its result."
    return display("Find Job", said)


def finished(manifest: Manifest) -> dict[str, object]:
    """The trigger that is told."""
    return display("Job Finished", f"Triggers when a job of {manifest.title} has ended.")


def finished_polling(manifest: Manifest) -> dict[str, object]:
    """The trigger that asks."""
    said = f"Triggers when a job of {manifest.title} has ended; asks every few minutes."
    return display("Job Finished (Polling)", said)


def choosing(name: str, choice: Choice) -> dict[str, object]:
    """The hidden trigger behind a dropdown."""
    label = f"List {name.replace('_', ' ')}"[:LONGEST_LABEL]
    said = f"Triggers when the choices of {name.replace('_', ' ')} are listed."
    return display(label, said, hidden=True)


def choosing_jobs() -> dict[str, object]:
    """The hidden trigger behind the dropdown of open jobs."""
    return display("List open jobs", "Triggers when the open jobs are listed.", hidden=True)


def _said(first: str, then: str) -> str:
    """Both sentences; the first one gives way when there is no room."""
    room = LONGEST_DESCRIPTION - len(then) - 1
    return f"{first[:room].strip()} {then}"
