"""A real Airflow 3 of one's own: its home, its metadata DB, and its components as processes."""

# ruff: noqa: S310 - the URL is our own server's

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path

USER, PASSWORD = "root", "rt-S3cret/pw"
LONG_S = 90


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class RealAirflow:
    """Lives in `home`; `options` are further settings, as AIRFLOW__SECTION__OPTION spells them."""

    def __init__(self, home, **options):
        self.home, self.port, self.running = Path(home), free_port(), {}
        (self.home / "dags").mkdir(parents=True, exist_ok=True)
        passwords = self.home / "passwords.json"
        passwords.write_text(json.dumps({USER: PASSWORD}))
        settings = {
            "CORE__LOAD_EXAMPLES": "False",
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "API_AUTH__JWT_SECRET": "f" * 64,
            "API__PORT": str(self.port),
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            **options,
        }
        inherited = {
            name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH") if name in os.environ
        }
        self.env = {**inherited, "AIRFLOW_HOME": str(self.home), "HOME": str(self.home)}
        self.env |= {f"AIRFLOW__{name}": value for name, value in settings.items()}
        self.env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{self.env['PATH']}"

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def db(self):
        """The path of the metadata DB, which is SQLite."""
        return self.home / "airflow.db"

    def cli(self, *args):
        command = [sys.executable, "-m", "airflow", *args]
        return subprocess.run(
            command, env=self.env, check=True, capture_output=True, text=True, cwd=self.home
        )

    def start(self, *components):
        """Start the components that are named, such as "api-server", each in a group of its own."""
        for name in components:
            with (self.home / f"{name}.log").open("ab") as log:
                command = [sys.executable, "-m", "airflow", name]
                self.running[name] = subprocess.Popen(
                    command, env=self.env, cwd=self.home, stdout=log, stderr=log, start_new_session=True
                )

    def stop(self, *components):
        """End the components that are named (all by default), and what they started."""
        for name in components or tuple(self.running):
            process = self.running.pop(name)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def told(self):
        """What the components said last, for a test that fails."""
        return "\n".join(f"{log.name}: {log.read_text()[-1500:]}" for log in sorted(self.home.glob("*.log")))

    def wait(self, what, found):
        """Return what `found` returns as soon as that is true; fail after LONG_S with the logs."""
        last = time.monotonic() + LONG_S
        while time.monotonic() < last:
            answer = found()
            if answer:
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{what} did not come about\n{self.told()}")

    def answers(self):
        """Return whether the API server is there."""
        with contextlib.suppress(OSError, urllib.error.URLError):
            return self.asked("GET", "/api/v2/version")
        return None

    def asked(self, method, path, body=None):
        headers = {"Content-Type": "application/json"}
        if hasattr(self, "token"):
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        tries = 3
        while True:
            tries -= 1
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                # On a busy machine SQLite may stay locked by another component for longer than Airflow waits.
                if not tries or error.code != HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
            time.sleep(1)

    def login(self):
        known = {"username": USER, "password": PASSWORD}
        self.token = self.asked("POST", "/auth/token", known)["access_token"]
