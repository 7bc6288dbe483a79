"""However a run ends, no process and no file of it is left."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid

import psutil
import pytest

MARK = "AIRFLOW_TUNE_TEST_RUN"
ENOUGH_S = 60


def carrying(mark):
    """Return the processes whose environment carries `mark`."""
    return [process for process in psutil.process_iter() if _carries(process, mark)]


def _carries(process, mark):
    try:
        return process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def until(condition):
    ends = time.monotonic() + ENOUGH_S
    while not condition():
        assert time.monotonic() < ends, "it never came about"
        time.sleep(0.05)


@pytest.fixture
def heard_ctrl_c():
    """Switch Ctrl-C on, which whoever started the tests may have off and a child would take over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard_ctrl_c")
@pytest.mark.parametrize(
    ("number", "after_s"),
    [(signal.SIGINT, 0.0), (signal.SIGINT, 1.0), (signal.SIGTERM, 0.5), (signal.SIGKILL, 0.5)],
    ids=["ctrl-c-at-once", "ctrl-c", "terminated", "killed"],
)
def test_a_run_that_is_ended_leaves_nothing_but_its_result(tmp_path, number, after_s):
    folder, output, mark = tmp_path / "tmp", tmp_path / "bench.json", uuid.uuid4().hex
    folder.mkdir()
    command = ["bench", "--only", "cpu-python", "--only", "list-vs-generator", "--format", "json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "airflow_tune", *command, "-o", str(output)],
        env=os.environ | {MARK: mark, "TMPDIR": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: any(folder.iterdir()) and len(carrying(mark)) > 1)
    time.sleep(after_s)
    process.send_signal(number)
    _, said = process.communicate(timeout=ENOUGH_S)
    until(lambda: not carrying(mark))
    until(lambda: not any(folder.iterdir()))
    if number == signal.SIGKILL:
        assert not output.exists()
        return
    assert process.returncode == 130
    assert "interrupted: what was found so far" in said
    found = json.loads(output.read_text(encoding="utf-8"))
    assert found["complete"] is False
    assert {path.name for path in tmp_path.iterdir()} == {"tmp", "bench.json"}
