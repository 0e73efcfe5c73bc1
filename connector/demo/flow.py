"""How does Power Automate's engine have a job done? POST, then GET Location after Retry-After while
the answer is 202."""

from __future__ import annotations

import time
from typing import Any

from connector.core.template import as_text
from connector.demo.steps import Scene


def show(scene: Scene) -> Any:
    """The exchange of its polling action; returns the result."""
    client, steps, path = scene.client, scene.steps, scene.path
    action = f"{scene.provider}/{scene.show.action}"
    fields = scene.fields()
    with path.open("rb") as file:
        parts = {
            **{name: (None, as_text(value)) for name, value in fields.items()},
            "document": (path.name, file),
        }
        answer = client.call("POST", f"/power-automate/{action}", files=parts)
    steps.say(f"POST /power-automate/{action} with {path.name} -> {_seen(answer)}")
    while answer.status_code == 202:
        scene.review(answer.json()["id"])
        time.sleep(int(answer.headers["Retry-After"]))
        answer = client.get(answer.headers["Location"])
        steps.say(f"GET Location -> {_seen(answer)}")
    return answer.json()


def _seen(answer: Any) -> str:
    wait = answer.headers.get("Retry-After")
    return str(answer.status_code) + (f", Retry-After {wait}" if wait else "")
