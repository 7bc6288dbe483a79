"""Source files as Python reads them: bytes, encoding, syntax tree."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings

from airflow_tune.dags.model import Unknown

LARGEST_BYTES = 5 << 20
"""Files above this size are not parsed: a syntax tree takes some fifty times its source."""


def might_hold_dags(data: bytes) -> bool:
    """Return whether Airflow's safe mode would import the file (airflow/utils/file.py of 3.3.2)."""
    lowered = data.lower()
    return b"airflow" in lowered and (b"dag" in lowered or b"asset" in lowered)


def parse(data: bytes) -> ast.Module | Unknown:
    """Return the syntax tree of a source, or why Python cannot read it."""
    if len(data) > LARGEST_BYTES:
        return Unknown(f"the file has more than {LARGEST_BYTES >> 20} MiB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if not data.isascii():
                # Given bytes, the parser lets through in comments what the import of a file refuses.
                data.decode(tokenize.detect_encoding(io.BytesIO(data).readline)[0])
            return ast.parse(data)
    except SyntaxError as error:
        return Unknown(f"not Python: {error.msg}", error.lineno or 0)
    except (ValueError, LookupError, UnicodeError) as error:
        return Unknown(f"not Python: {error}")
    except (RecursionError, MemoryError):
        return Unknown("nested too deep to parse")
