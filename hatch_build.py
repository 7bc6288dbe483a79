"""Compiles the simulation's core into the wheel where there is a C compiler; Python plays it elsewhere.

The library is loaded with ctypes and knows nothing of Python, so that one wheel serves every Python of a
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

SOURCE = "airflow_tune/simulate/core.c"
LIBRARY = "airflow_tune/simulate/_core.so"
# Fused multiplications would round otherwise than Python does.
FLAGS = ("-O2", "-std=c11", "-fPIC", "-shared", "-ffp-contract=off")


class CompiledCore(BuildHookInterface[Any]):
    """Adds the compiled core to the wheel, and the platform to its name."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling calls it
        """Compile before the wheel is put together; an editable install gets it beside its source."""
        built = Path(self.root, LIBRARY)
        built.unlink(missing_ok=True)
        compiler = shutil.which(os.environ.get("CC", "cc"))
        if compiler is None or os.environ.get("AIRFLOW_TUNE_PURE") == "1":
            return
        command = [compiler, *FLAGS, "-o", str(built), str(Path(self.root, SOURCE)), "-lm"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.stderr.write(f"{' '.join(command)}\n{done.stderr}\nthe wheel is built without it\n")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{platform}"
        build_data["artifacts"].append(LIBRARY)
