"""Where does Pulse's documentation leave it open, or say two things? One switch for each."""

from __future__ import annotations

from connector.simulators.switches import Switch

ORIGIN = r"(https?://[\w.:\[\]-]+)?"

SWITCHES = {
    "ack": Switch(
        "the status of an accepted asynchronous submit: its OpenAPI has 200, its guide 202",
        "200|202",
        "202",
    ),
    "large_bytes": Switch(
        "a result of this many bytes of JSON is handed over as a link", r"\d{1,12}", "5000000"
    ),
    "large_pages": Switch("a result of this many pages is, too", r"\d{1,6}", "70"),
    "foreign_host": Switch(
        "the origin of presigned links to large results, as older pages have them; empty:"
        " second_origin of the options, else /large_results here",
        ORIGIN,
        "",
    ),
    "foreign_reads": Switch(
        "how often a presigned link works; a link to here works once", "once|many", "many"
    ),
}
