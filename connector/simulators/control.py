"""How is a running simulator steered and asked? Routes under ``/_simulator``, no key needed.

``POST faults`` takes ``{"fail": ["KIND:WORD...", ...]}`` and replaces, ``DELETE faults`` ends all,
``GET faults`` lists; ``GET log`` tells what was seen, ``DELETE log`` forgets it. ``switches``
works like ``faults`` and takes ``{"NAME": "VALUE", ...}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue

from connector.simulators.faults import Faults
from connector.simulators.log import Log
from connector.simulators.options import Options
from connector.simulators.switches import Switches
from connector.simulators.wire import CONTROL, Wire


def equip(
    app: Flask,
    options: Options,
    kind_of: Callable[[str, str], str],
    problem: Callable[[int], Any],
    switches: Switches | None = None,
) -> Log:
    """Put the shared layer around a simulator's app; ValueError for a bad fault or switch."""
    log, faults = Log(), Faults(options.fail, options.clock)
    switches = switches or Switches({}, options.switches)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # answers keep the provider's order
    app.register_blueprint(control(log, faults, switches))
    wire = Wire(app.wsgi_app, faults, log, kind_of, problem, options.clock)
    app.wsgi_app = wire  # type: ignore[method-assign]  # Flask's own way to add WSGI layers
    return log


def control(log: Log, faults: Faults, switches: Switches) -> Blueprint:
    """The routes under ``/_simulator``."""
    bp = Blueprint("simulator", __name__, url_prefix=CONTROL.rstrip("/"))
    bp.get("/log", endpoint="log")(log.document)
    bp.delete("/log", endpoint="clear")(lambda: done(log.clear))
    bp.get("/faults", endpoint="list")(lambda: {"fail": faults.specs()})
    bp.post("/faults", endpoint="set")(lambda: set_faults(faults))
    bp.delete("/faults", endpoint="end")(lambda: done(lambda: faults.replace(())))
    bp.get("/switches", endpoint="switches")(switches.document)
    bp.post("/switches", endpoint="switch")(lambda: set_switches(switches))
    bp.delete("/switches", endpoint="usual")(lambda: done(lambda: switches.replace({})))
    return bp


def done(deed: Callable[[], None]) -> ResponseReturnValue:
    """Do it; there is nothing to say."""
    deed()
    return "", 204


def set_faults(faults: Faults) -> ResponseReturnValue:
    """Replace the faults, or 422 with the vocabulary."""
    given = request.get_json(silent=True)
    specs = given.get("fail") if isinstance(given, dict) else None
    if not isinstance(specs, list) or not all(isinstance(spec, str) for spec in specs):
        return {"detail": 'send {"fail": ["KIND:WORD", ...]}'}, 422
    try:
        faults.replace(specs)
    except ValueError as error:
        return {"detail": str(error)}, 422
    return {"fail": faults.specs()}


def set_switches(switches: Switches) -> ResponseReturnValue:
    """Replace the switches, or 422 with the table; those not named are as usual."""
    given = request.get_json(silent=True)
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        return {"detail": 'send {"NAME": "VALUE"}'}, 422
    try:
        switches.replace(given)
    except ValueError as error:
        return {"detail": str(error)}, 422
    return switches.document()
