"""A command that is told to end by whatever signal ends as after Ctrl+C."""

import os
import signal

import pytest

from app.cli.stopping import describe_cut_off, ends_like_ctrl_c


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_is_what_ctrl_c_is_and_only_meanwhile(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), ends_like_ctrl_c():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before


def test_what_is_ignored_stays_so_as_for_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with ends_like_ctrl_c():
        os.kill(os.getpid(), signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    signal.signal(signal.SIGHUP, before)


def test_a_second_signal_ends_a_stop_that_waits_for_no_campaign() -> None:
    assert describe_cut_off([]) == "Stopped. No campaign was being sent."


def test_one_campaign_that_is_cut_off_is_spoken_of_as_one() -> None:
    assert describe_cut_off([7]) == (
        "Stopped. 1 campaign was not answered yet: it is UNKNOWN after the next start "
        "(submission 7)."
    )
