"""Compiles what is written in C into the wheel where there is a C compiler; Python does the same elsewhere.

The libraries are loaded with ctypes and know nothing of Python, so that one wheel serves every Python of a
platform. AIRFLOW_TUNE_PURE=1 builds the wheel that runs everywhere.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Each becomes a library beside it: core.c becomes _core.so.
SOURCES = (
    "airflow_tune/simulate/core.c",
    "airflow_tune/diagnose/core.c",
    "airflow_tune/history/copy.c",
)
# Fused multiplications would round otherwise than Python does.
FLAGS = ("-O2", "-std=c11", "-fPIC", "-shared", "-ffp-contract=off")


class Compiled(BuildHookInterface[Any]):
    """Adds the compiled libraries to the wheel, and the platform to its name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it
        """Compile before the wheel is put together; an editable install gets each beside its source."""
        built = [library for source in SOURCES if (library := self._compile(Path(self.root, source)))]
        if built:
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform}"
            build_data["artifacts"] += [str(one.relative_to(self.root)) for one in built]

    def _compile(self, source: Path) -> Path | None:
        """Return the library made of `source`, None where there is none: the wheel is built without it."""
        library = source.with_name(f"_{source.stem}.so")
        library.unlink(missing_ok=True)
        compiler = shutil.which(os.environ.get("CC", "cc"))
        if compiler is None or os.environ.get("AIRFLOW_TUNE_PURE") == "1":
            return None
        command = [compiler, *FLAGS, "-o", str(library), str(source), "-lm"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.stderr.write(f"{' '.join(command)}\n{done.stderr}\nthe wheel is built without it\n")
            return None
        return library
