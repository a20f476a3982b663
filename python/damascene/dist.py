"""Tasks of a run or a sweep on other processes: Dask distributed.

A task is a pure function of its recipe and its place in it, named by the hash of its inputs; whoever computes it writes
the same bytes. So a task may be lost, repeated or moved without changing a result, and what is in the store is never
computed twice. Workers read the recipe's files and the store by the same paths as the driver (a shared folder).

    python -m damascene.dist RECIPE -o results/x --workers 4          # processes of this machine
    python -m damascene.dist RECIPE -o results/x --scheduler tcp://host:8786
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import functools
import hashlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import _native, flow
from .errors import DamasceneError, InputError, ResourceError
from .sweep import Source, Sweep, sweep

Tell = Callable[[str, float, Any], None]

_sources: dict[str, Any] = {}  # of this worker process: prepared sweeps and part workers by name


def _prepared(name: str, make: Callable[[], Any]) -> Any:
    if name not in _sources:
        if len(_sources) > 8:  # a long-lived worker sees many runs, of which it needs the last
            _sources.clear()
        _sources[name] = make()
    return _sources[name]


def _name(source: Source) -> str:
    text = repr((source.run, source.text, source.file, source.settings, source.seed))
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _keep_memory() -> None:
    """Freed arrays stay with the worker: Dask starts it with a trim threshold of 64 kB (glibc's mallopt)."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(-1, 1 << 30)  # M_TRIM_THRESHOLD: above what a task holds
        mallopt(-3, 32 << 20)  # M_MMAP_THRESHOLD: the largest that glibc takes


def run_sweep_task(source: Source, index: int, step: str, store: str) -> tuple[str, str, str]:
    """On a worker: computes one task into the store. Gives (key, error code, message)."""
    _native.set_thread_count(1)
    _keep_memory()
    try:
        plan = _prepared("sweep " + _name(source), source.plan)
        if plan.hash != source.digest:
            return "", "D0604", "the recipe's files are not the same on worker and driver"
        return _native.run_sweep_task(plan, index, step, store), "", ""
    except ResourceError:
        raise
    except DamasceneError as error:
        found = error.diagnostics[0] if error.diagnostics else None
        return "", found.code if found else "D0801", found.message if found else str(error)


def run_part(source: Source, step: str, part: bytes) -> bytes:
    """On a worker: one part (tile) of a step."""
    _keep_memory()
    worker = _prepared(f"part {step} {_name(source)}", lambda: _native.PartWorker(source.recipe(), step))
    _native.set_thread_count(1)
    result: bytes = worker(part)
    return result


def _task_key(store: str, key: str) -> str:
    """A scheduler knows a task by its name alone: one for each store that wants the result."""
    return "dm-" + hashlib.sha256((store + "\n" + key).encode()).hexdigest()


@contextlib.contextmanager
def _deaf_children() -> Iterator[None]:
    """Processes started here leave Ctrl-C, which a terminal sends to all of them, to the driver."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Executor:
    """The tasks of a sweep on this process's threads."""

    @property
    def workers(self) -> int:
        """Workers of a cluster now; 0: threads."""
        return 0

    def __enter__(self) -> Executor:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def sweep_wave(self, source: Source, plan: _native.SweepPlan, tasks: _native.SweepTasks, tell: Tell) -> None:
        """Computes one wave into the store."""
        tasks.compute_wave(tell)


class DaskExecutor(Executor):
    """The tasks on the workers of a Dask cluster; its own one if only a number of workers is given."""

    def __init__(self, client: Any = None, workers: int = 0):
        self._client, self._workers, self._own = client, workers, client is None
        self._cluster: Any = None

    def __enter__(self) -> DaskExecutor:
        if self._own:
            distributed = _distributed()
            # Queued on the scheduler, so that a dying worker taints only the task it runs; it may then run elsewhere,
            # a hundred times: more deaths under one task are its own fault.
            import dask

            dask.config.set(
                {"distributed.scheduler.worker-saturation": 1.0, "distributed.scheduler.allowed-failures": 100}
            )
            with _deaf_children():
                self._cluster = distributed.LocalCluster(
                    n_workers=self._workers,
                    threads_per_worker=1,
                    processes=True,
                    dashboard_address=None,
                    silence_logs=50,
                )
            self._client = distributed.Client(self._cluster)
        return self

    def __exit__(self, *_: object) -> None:
        if self._own:
            self._client.close()
            self._cluster.close()

    @property
    def workers(self) -> int:
        """Workers that the cluster has now."""
        return max(1, len(self._client.nthreads()))

    @property
    def client(self) -> Any:
        """The dask.distributed.Client."""
        return self._client

    def _results(self, futures: list[Any]) -> Any:
        """Futures as they finish; a cluster that is gone is a ResourceError, what is stored stays."""
        distributed = _distributed()
        try:
            yield from distributed.as_completed(futures, raise_errors=False)
        except (distributed.client.FutureCancelledError, OSError) as error:  # CommClosedError is an OSError
            raise ResourceError(
                f"error[D0607]: the cluster was lost: {error}\n  = help: what is done is kept: run again with resume"
            ) from None

    def sweep_wave(self, source: Source, plan: _native.SweepPlan, tasks: _native.SweepTasks, tell: Tell) -> None:
        wave = tasks.wave()
        store = os.path.abspath(tasks.store)
        futures = {}
        for key, index, step in wave:
            name = _task_key(store, key)
            future = self._client.submit(run_sweep_task, source, index, step, store, key=name, retries=3, pure=True)
            futures[future] = (key, index, step)
        for done, future in enumerate(self._results(list(futures)), 1):
            key, index, step = futures[future]
            if future.status != "finished":
                _lost(self._client, future)
                if isinstance(future.exception(), ResourceError):
                    raise future.exception()
                tasks.fail(key, index, step, "D0607", f"the task was lost: {future.exception()}")
            elif (answer := future.result())[1]:
                tasks.fail(key, index, step, answer[1], answer[2])
            tell(f"{step} {done} of {len(wave)}", done / len(wave), {})

    def compute_parts(self, source: Source, step: str, parts: list[bytes]) -> list[bytes]:
        """The parts of one step, each a task."""
        name = _name(source).encode() + step.encode()
        futures = []
        for part in parts:
            key = "dm-part-" + hashlib.sha256(name + part).hexdigest()
            futures.append(self._client.submit(run_part, source, step, part, key=key, retries=3, pure=True))
        for future in self._results(futures):
            if future.status != "finished":
                _lost(self._client, future)
        return [future.result() for future in futures]


class Parts:
    """compute(step, parts) of a run; its record counts the workers."""

    def __init__(self, executor: DaskExecutor, source: Source):
        self._executor, self._source = executor, source

    @property
    def workers(self) -> int:
        """Workers that the cluster has now."""
        return self._executor.workers

    def __call__(self, step: str, parts: list[bytes]) -> list[bytes]:
        return self._executor.compute_parts(self._source, step, parts)


def _lost(client: Any, future: Any) -> None:
    if client.status != "running" or future.status == "cancelled":
        raise ResourceError(
            "error[D0607]: the cluster was lost\n  = help: what is done is kept: run again with resume"
        )


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError("Dask is not installed: pip install distributed") from None
    return distributed


def executor_of(on: Any) -> Executor:
    """None: threads here; a number: that many worker processes; an address or a Client: that cluster."""
    if on is None or on == "local" or isinstance(on, Executor):
        return on if isinstance(on, Executor) else Executor()
    if isinstance(on, int):
        return DaskExecutor(workers=on)
    return DaskExecutor(_client_of(on) if isinstance(on, str) else on)


def _client_of(address: str) -> Any:
    try:
        return _distributed().Client(address)
    except (OSError, ValueError) as error:
        raise ResourceError(
            f"error[D0607]: no scheduler answers at {address}: {error}\n  = help: address and port of a running one"
        ) from None


def run(recipe: flow.RecipeLike, on: Any, **options: Any) -> flow.Run | Sweep:
    """damascene.run or damascene.sweep with the tasks and tiles of the recipe on a cluster; the same bits."""
    source = Source(recipe, options.get("set"), options.get("seed"))
    if source.plan() is not None:
        return sweep(recipe, on=on, **options)
    with executor_of(on) as executor:
        compute = Parts(executor, source) if isinstance(executor, DaskExecutor) else None
        return flow.run(recipe, compute=compute, **options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line of `python -m damascene.dist`."""
    parser = argparse.ArgumentParser(prog="python -m damascene.dist", description="A recipe or sweep on a Dask cluster.")
    parser.add_argument("recipe")
    parser.add_argument("-o", "--output", help="result folder")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--resume", action="store_true", help="reuse what the store holds")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--workers", type=int, help="worker processes of this machine")
    where.add_argument("--scheduler", help="address of a running Dask scheduler, tcp://host:8786")
    given = parser.parse_args(arguments)
    try:
        done = run(
            given.recipe,
            given.workers if given.workers is not None else given.scheduler,
            set=given.set,
            seed=given.seed,
            output=given.output,
            resume=given.resume,
            progress=not given.quiet,
        )
    except DamasceneError as error:
        print(error, file=sys.stderr)
        return 3 if isinstance(error, ResourceError) else 2
    except KeyboardInterrupt:
        print("interrupted; finish with --resume", file=sys.stderr)
        return 130
    print(done.result_sha256)
    print(done.report)
    return done.exit


if __name__ == "__main__":
    sys.exit(main())
