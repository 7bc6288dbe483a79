"""Classic operators: known by name only, or classes of the project; plain, and mapped by partial/expand."""

from __future__ import annotations

from airflow_tune.dags.builder import member, reference
from airflow_tune.dags.interpret.invoke import invoke
from airflow_tune.dags.interpret.run import Run
from airflow_tune.dags.model import MISSING, Name, Unknown
from airflow_tune.dags.values.function import Call, Function
from airflow_tune.dags.values.graph import DagValue, GroupValue, TaskValue
from airflow_tune.dags.values.klass import Class
from airflow_tune.dags.values.symbol import Symbol
from airflow_tune.dags.values.taskflow import OperatorPartial

ENDINGS = ("Operator", "Sensor", "OperatorAsync", "SensorAsync", "Trigger")
NO_OPERATORS = (".hooks.", ".triggers.", ".models.taskinstance", ".exceptions.")
NOT_ARGUMENTS = ("dag", "task_group", "default_args")


def looks_like(function: Symbol, call: Call) -> bool:
    """Return whether a call of a name that is not read creates a task."""
    if "task_id" in call.kwargs:
        return function.last[:1].isupper() and not any(part in function.name for part in NO_OPERATORS)
    return call.spread is not None and function.last.endswith(ENDINGS[:4])


def is_operator(cls: Class) -> bool:
    """Return whether a class of the project derives from an operator."""
    return any(name.endswith(ENDINGS[:4]) for name in cls.strangers())


def create(run: Run, cls: object, name: str, call: Call, *, mapped: bool = False) -> TaskValue:
    """Return the new task of an operator that is known by name only."""
    task = TaskValue("", blank(call), name, run.place(call), {}, mapped=mapped, cls=cls)
    return finish(run, task, call)


def blank(call: Call) -> Unknown:
    """Return the id of a task whose operator's `__init__` was not followed to its end."""
    return Unknown("an operator whose __init__ was not followed", call.line)


def finish(run: Run, task: TaskValue, call: Call) -> TaskValue:
    """Do what `BaseOperator.__init__` does: resolve arguments, join the DAG, take results as upstream."""
    task.made = True
    dag, group = member.context(run, call)
    merged = member.defaults(dag, group, call)
    merged.update((name, value) for name, value in call.kwargs.items() if name not in NOT_ARGUMENTS)
    task.arguments = {**task.arguments, **merged}
    prepare(task, task_id_of(call), group)
    if dag is not None:
        member.add(run, dag, task, call)
        task = twin(dag, task)
    if not task.mapped and run.setup.active:
        run.setup.note(task)
    if task.templates is None:
        reference.upstream_of(run, task, reference.templated(call.kwargs), call)
    return task


def prepare(task: TaskValue, task_id: Name, group: GroupValue | None) -> None:
    """Give a task its id with the prefix of its group."""
    task.group = group
    if group is None or not isinstance(task_id, Unknown):
        task.task_id = task_id if group is None else group.child_id(task_id)
    else:
        task.task_id = task_id


def twin(dag: DagValue, task: TaskValue) -> TaskValue:
    """Return the task that bears the id: of two in doubt, the first."""
    return dag.tasks.get(task.key, task)


def task_id_of(call: Call) -> Name:
    """Return the task_id argument."""
    found = call.kwargs.get("task_id", MISSING)
    if isinstance(found, (str, Unknown)):
        return (
            found if isinstance(found, str) else Unknown(found.reason, found.line or call.line, found.default)
        )
    if found is MISSING and call.spread is not None:
        return Unknown(call.spread.reason, call.spread.line or call.line)
    return Unknown("a task_id that is not text", call.line)


def construct(run: Run, cls: Class, call: Call) -> TaskValue:
    """Return the new task of a class of the project; its own `__init__` is followed."""
    task = TaskValue("", blank(call), cls.name, run.place(call), {}, cls=cls)
    task.templates = template_fields(cls)
    init = cls.find("__init__")
    kwargs = dict(call.kwargs)
    if isinstance(init, Function):
        dag, group = member.context(run, call)
        merged = member.defaults(dag, group, call)
        kwargs.update(
            (name, merged[name]) for name in init.parameters if name in merged and name not in kwargs
        )
        if takes(init, "default_args"):
            kwargs["default_args"] = merged  # BaseOperatorMeta hands the merged ones on
        invoke(run, init, Call([task, *call.args], kwargs, call.node, call.scope, call.spread))
    if not task.made:
        task = finish(run, task, call)
    task = twin(task.dag, task) if task.dag is not None else task
    task.arguments = {**kwargs, **task.arguments}
    for name in NOT_ARGUMENTS:
        task.arguments.pop(name, None)
    reference.upstream_of(run, task, fields(task), call)
    return task


def takes(function: Function, name: str) -> bool:
    """Return whether a function takes an argument by name."""
    return name in function.parameters or function.node.args.kwarg is not None


def template_fields(cls: Class) -> tuple[str, ...] | None:
    """Return the template fields that a class of the project lists itself; None when they are inherited."""
    found = cls.find("template_fields")
    if isinstance(found, (list, tuple)) and all(isinstance(name, str) for name in found):
        return tuple(str(name) for name in found)
    return None


def fields(task: TaskValue) -> list[object]:
    """Return the values of the template fields, or of all attributes when those are not known."""
    known = {**task.arguments, **task.extra}
    if task.templates is None:
        return reference.templated(known)
    return [known[name] for name in task.templates if name in known]


def base_init(run: Run, task: TaskValue, call: Call) -> None:
    """Do `super().__init__(...)` of an operator of the project."""
    if not task.made:
        finish(run, task, call)


def partial(cls: object, call: Call) -> OperatorPartial:
    """Do `Operator.partial(...)`."""
    kwargs = dict(call.kwargs)
    if call.spread is not None and "task_id" not in kwargs:
        kwargs["task_id"] = Unknown(call.spread.reason, call.spread.line or call.line)
    return OperatorPartial(cls, kwargs)


def expand(run: Run, half: OperatorPartial, call: Call) -> TaskValue:
    """Do `.expand(...)` and `.expand_kwargs(...)`: one mapped task."""
    name = half.operator.last if isinstance(half.operator, Symbol) else getattr(half.operator, "name", "")
    whole = Call([], half.kwargs, call.node, call.scope)
    task = create(run, half.operator, name, whole, mapped=True)
    task.arguments = {**task.arguments, **call.kwargs}
    task.extra["mapped over"] = tuple(call.kwargs)
    reference.upstream_of(run, task, call.values(), call)
    return task
