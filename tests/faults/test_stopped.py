"""Processes of a run that are stopped, not killed: they answer nothing, and end nothing."""

import os
import signal
import time

import psutil
import pytest

from tests.helpers.faults.programs import are_gone, tree_of, without_places
from tests.helpers.faults.training import games_of, training

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def stop(command, pid):
    """Stop a process, and wait until it stands."""
    os.kill(pid, signal.SIGSTOP)
    command.until(lambda: psutil.Process(pid).status() == psutil.STATUS_STOPPED)


def end(command):
    """End a command by SIGTERM; its status and its lines, but for those of places."""
    command.process.send_signal(signal.SIGTERM)
    status, said = command.end()
    return status, without_places(said)


def test_a_stopped_learner_is_killed_and_replaced_and_learning_goes_on(tmp_path):
    with training(tmp_path, "--set", "patience=8") as command:
        command.until_games()
        stopped = command.learner()
        generation = command.generation
        stop(command, stopped)
        known = games_of(command.run)
        command.until(lambda: any("the learner died" in line for line in command.said()))
        assert are_gone([stopped], 20)
        command.until_generation(generation + 3)
        assert command.learner() != stopped
        known |= games_of(command.run)
        tree = tree_of(command.process.pid)
        status, said = end(command)
    assert status == 128 + signal.SIGTERM
    assert len(said) == 2, said
    assert said[0].startswith("the learner died (Silent: it gave no sign of life for ")
    assert "; another goes on from generation " in said[0]
    assert said[0] in (command.run / "log.txt").read_text()
    assert known <= games_of(command.run)
    assert are_gone(tree)


def test_a_learner_that_is_stopped_for_less_than_patience_goes_on(tmp_path):
    with training(tmp_path, "--set", "patience=40") as command:
        command.until_games()
        learner = command.learner()
        stop(command, learner)
        time.sleep(12)  # it is asked after 10 s whether it lives
        generation = command.generation
        os.kill(learner, signal.SIGCONT)
        command.until_generation(generation + 2)
        assert command.learner() == learner
        status, said = end(command)
    assert (status, said) == (128 + signal.SIGTERM, ["insei: ended by SIGTERM"])


def test_a_command_that_ends_leaves_no_stopped_process(tmp_path):
    with training(tmp_path) as command:
        command.until_games()
        tree = tree_of(command.process.pid)
        stopped = {command.learner(), min(command.worker_pids())}
        for pid in stopped:
            stop(command, pid)
        status, said = end(command)
    assert (status, said) == (128 + signal.SIGTERM, ["insei: ended by SIGTERM"])
    assert are_gone(tree)
