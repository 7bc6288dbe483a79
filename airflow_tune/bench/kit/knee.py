"""The answer of a curve over growing batches: where it bends, and from where on nothing is gained."""

from __future__ import annotations

from airflow_tune.bench.kit.answer import Found, along, times
from airflow_tune.suite.model import WorkloadResult


def knee_answer(result: WorkloadResult, batches: str, smallest: str) -> str:
    """Return where a curve over batches bends, and from where on nothing is gained.

    `batches` is what the axis counts ("rows a batch"), `smallest` what its first place is called ("row by
    row"). Empty where fewer than two places were measured.
    """
    from airflow_tune.bench.models.curve import points  # noqa: PLC0415 - brings numpy
    from airflow_tune.bench.models.knee import find_knee  # noqa: PLC0415 - likewise

    curve, found = points(result), Found(result)
    if curve is None:
        return ""
    knee, names = find_knee(curve), along(result)
    last = max(names)
    if knee.size is None:
        return f"Batches gain nothing here: {smallest} is as fast as any number of {batches}."
    answer = f"{knee.size:,} {batches} is the knee: {times(knee.gain)} faster than {smallest}"
    if knee.enough > knee.size:
        answer += f"; {knee.enough:,} are {times(knee.most_gain)} faster"
    if knee.fastest != last and not found.same(names[knee.fastest], names[last]):
        worse = found.than(names[knee.fastest], names[last])
        return f"{answer}; {last:,} are {worse} {knee.fastest:,}."
    tail = (
        "larger ones were not tried" if knee.enough == last else f"beyond {knee.enough:,} nothing is gained"
    )
    return f"{answer}; {tail}."
