"""What does DocuMind's documentation leave open? The simulator's switches."""

from __future__ import annotations

from connector.simulators.switches import Switch

SWITCHES = {
    "same_file": Switch(
        "the same file within 5 minutes gets the same document id or a new one (pages differ)",
        "same|new",
        "same",
    ),
    "review": Switch(
        "what needs a person: by the scores, every extraction, or none",
        "scored|always|never",
        "scored",
    ),
    "watched": Switch(
        "whose low scores ask for a person: the required fields (all, where the schema requires "
        "none), or all that are asked for",
        "required|asked",
        "required",
    ),
    "after_review": Switch(
        "needs_review once a person has been there: stays true, or is cleared", "stays|clears",
        "stays",
    ),
    "list_lag": Switch(
        "how many seconds the list of extractions is behind", r"\d+(\.\d+)?", "0"
    ),
}  # fmt: skip
