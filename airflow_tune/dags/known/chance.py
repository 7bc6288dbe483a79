"""Chance: after `random.seed(n)` with a known seed, Python's generator gives the same to everyone."""

from __future__ import annotations

from random import Random

from airflow_tune.dags.interpret.lift import lift
from airflow_tune.dags.interpret.run import Handler, Run
from airflow_tune.dags.model import Unknown
from airflow_tune.dags.values.function import Call

MOST = 10_000
"""Values that one call may draw."""


def seed(run: Run, call: Call) -> object:
    """Do `random.seed(n)`; in doubt, or with a seed that is not known, chance is unknown again."""
    value = call.argument(0, "a")
    run.random = Random(value) if isinstance(value, (int, str)) and not run.doubts else None  # noqa: S311 - no secret
    return None


def drawn(name: str) -> Handler:
    """Return what a function of the module `random` does."""

    def handler(run: Run, call: Call) -> object:
        if run.doubts or run.random is None:
            run.random = None
            return Unknown("chance", call.line)
        if any(isinstance(value, int) and value > MOST for value in (call.kwargs.get("k"), *call.args[1:2])):
            return Unknown("too many draws to follow", call.line)
        generator, names = run.random, list(call.kwargs)

        def draw(*values: object) -> object:
            cut = len(call.args)
            return getattr(generator, name)(*values[:cut], **dict(zip(names, values[cut:], strict=True)))

        return lift(run, draw, [*call.args, *call.kwargs.values()], call.line)

    return handler


CHANCE: dict[str, Handler] = {
    "random.seed": seed,
    **{
        f"random.{name}": drawn(name)
        for name in ["choice", "choices", "randint", "random", "randrange", "sample", "uniform"]
    },
}
