"""Are fault specs read, refused and counted as they say?"""

from __future__ import annotations

import pytest

from connector.simulators import SIMULATORS, Options
from connector.simulators.faults import KINDS, WORDS, Faults, parse


def test_every_word_can_be_parsed_with_the_kinds_it_goes_with() -> None:
    for name, word in WORDS.items():
        for kind in word.kinds:
            fault = parse(f"{kind}:{name}*2")
            assert (fault.kind, fault.word, fault.times) == (kind, name, 2)


@pytest.mark.parametrize(
    ("spec", "value", "times", "seconds"),
    [
        ("submit:drop-after*1", "", 1, None),
        ("check_status:503~60s", "", None, 60.0),
        ("check_status:429=2*3", "2", 3, None),
        ("check_status:429=date:2", "date:2", None, None),
        ("any:delay=0.5", "0.5", None, None),
        ("get_result:gone=410", "410", None, None),
        ("get_result:gone", "404", None, None),
        ("check_status:unknown=Waiting~1.5s", "Waiting", None, 1.5),
    ],
)
def test_specs_say_what_how_often_and_how_long(
    spec: str, value: str, times: int | None, seconds: float | None
) -> None:
    fault = parse(spec)

    assert (fault.value, fault.times, fault.seconds) == (value, times, seconds)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("", "does not read"),
        ("submit", "does not read"),
        ("submit:drop*0", "does not read"),
        ("submit:503~60", "does not read"),
        ("sometimes:drop", "no kind 'sometimes'"),
        ("submit:explode", "no word 'explode'"),
        ("submit:200", "no word '200'"),
        ("submit:drop=1", "cannot take the value"),
        ("any:delay=soon", "cannot take the value"),
        ("get_result:gone=500", "cannot take the value"),
        ("get_result:stuck", "goes with submit"),
    ],
)
def test_a_bad_spec_says_why_and_lists_the_words(spec: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        parse(spec)

    assert all(word in str(caught.value) for word in (*KINDS, *WORDS))


def test_a_simulator_is_not_built_with_a_bad_spec() -> None:
    with pytest.raises(ValueError, match="no word"):
        SIMULATORS["mindee"](Options(fail=("submit:explode",)))


def test_counts_run_out_and_delays_come_beside_one_other() -> None:
    faults = Faults(["any:delay=1*2", "submit:500*1", "submit:502"], lambda: 0.0)

    assert [fault.word for fault in faults.take("submit")] == ["delay", "500"]
    assert [fault.word for fault in faults.take("check_status")] == ["delay"]
    assert [fault.word for fault in faults.take("submit")] == ["502"]


def test_seconds_count_from_the_first_strike() -> None:
    now = 100.0
    faults = Faults(["check_status:503~60s"], lambda: now)

    now = 1000.0
    assert faults.take("check_status")
    now = 1059.0
    assert faults.take("check_status")
    now = 1060.0
    assert not faults.take("check_status")
    assert faults.specs() == []


def test_bad_specs_leave_the_old_ones_in_force() -> None:
    faults = Faults(["submit:drop"], lambda: 0.0)
    with pytest.raises(ValueError, match="not a fault"):
        faults.replace(["submit:500", "nonsense"])

    assert faults.specs() == ["submit:drop"]
