"""Damaged files of every kind into the nnx binary, one process each.

    Scripts/fuzz files [COUNT] [--seed N] [--first N] [--surface NAME] [--jobs N] [--nnx PATH]

A run is told by the seed and its number alone: `--first 1234` with COUNT 1 does run 1234 again. What counts
as a failure: an end by a signal or with status 70 or one that docs/exit-codes.md does not know; more than
10 s of processor time, or 60 s without waiting for a processor; more than 2 GB; control characters of the file
on a stream; no error that says why; an output, a model or a file in staging left by a command that failed.
Failing files are kept, with their commands, in .build-fuzz/found. Exit status 1 when there is any.
"""

import argparse
import collections
import concurrent.futures
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import surfaces

REPOSITORY = surfaces.REPOSITORY
FOUND = REPOSITORY / ".build-fuzz/found"
LONGEST, PROCESSOR, MEMORY = 60, 10, 2 << 30
# Of docs/exit-codes.md, without 70: a bug in nnx.
STATUSES = {0, 1, 64, 65, 66, 69, 71, 73, 74, 75, 76, 77, 78}
# All that moves a cursor or a colour; text has only line feeds and tabs.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR + 2, PROCESSOR + 4))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 30, 1 << 30))


def waited(pid):
    """Seconds that a process was ready and no processor was free: on a busy machine that is no hang."""
    try:
        with open(f"/proc/{pid}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0


def execute(words, environment, folder):
    """Runs a command; its status, streams, seconds of processor time, peak bytes, and what stopped it."""
    streams = [open(folder / name, "w+b") for name in ("stdout", "stderr")]
    now, spent = time.monotonic(), 0
    process = subprocess.Popen(words, env=environment, cwd=folder, stdin=subprocess.DEVNULL, stdout=streams[0],
                               stderr=streams[1], preexec_fn=limits)
    stopped, pause = None, 0.002
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        time.sleep(pause)
        pause = min(0.05, pause * 1.2)
        # Who stood still meanwhile cannot tell how long the process did.
        before, now = now, time.monotonic()
        spent += min(1, now - before)
        try:
            with open(f"/proc/{process.pid}/statm") as file:
                resident = int(file.read().split()[1]) * 4096
        except (OSError, IndexError, ValueError):
            continue
        if resident > MEMORY:
            stopped = "memory"
        elif spent - waited(process.pid) > LONGEST:
            stopped = "time"
        if stopped:
            os.kill(process.pid, signal.SIGKILL)
    process.returncode = os.waitstatus_to_exitcode(status)
    texts = []
    for stream in streams:
        stream.seek(0)
        texts.append(stream.read(1 << 20).decode("utf-8", "replace"))
        stream.close()
    return process.returncode, *texts, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10, stopped


def files_below(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir())


def judge(surface, case, words, outcome, kept):
    """What is wrong with the end of a command."""
    status, output, errors, seconds, peak, stopped = outcome
    wrong = []
    if stopped == "memory" or peak > MEMORY:
        wrong.append(f"memory: {peak >> 20} MB")
    elif stopped == "time":
        wrong.append(f"time: more than {LONGEST} s")
    elif seconds > PROCESSOR:
        wrong.append(f"time: {seconds:.0f} s of processor time")
    elif status < 0:
        wrong.append(f"signal {-status}: {signal.Signals(-status).name}")
    elif status not in STATUSES:
        wrong.append(f"status {status}")
    elif status > 1 and "error" not in errors and '"error"' not in output:
        wrong.append(f"status {status} without a word")
    elif "missing-library" in errors + output:
        wrong.append("nothing was tried: a library is missing")
    # `view` draws with them.
    for name, text in (("stderr", errors), ("stdout", "" if words[0] == "view" else output)):
        found = CONTROL.search(text)
        if found:
            wrong.append(f"control character {found.group()!r} on {name}")
    if status != 0:
        for file in files_below(case / "out"):
            if file not in kept:
                wrong.append(f"left {file} after status {status}")
    if surface.store:
        wrong += [f"left staging/{name}" for name in os.listdir(case / "home/staging")] \
            if (case / "home/staging").is_dir() else []
    if surface.store == "empty" and status > 1 and words[0] in ("install", "unpack") and (case / "home/models").is_dir():
        wrong += [f"left models/{file}" for file in files_below(case / "home/models")]
    return wrong


def one(index, options, base):
    """Run number `index`: the surface's name, statuses, peak memory, and what went wrong."""
    chance = random.Random(f"{options.seed}/{index}")
    chosen = [s for s in surfaces.ALL if not options.surface or s.name == options.surface]
    surface = chosen[index % len(chosen)]
    case = Path(tempfile.mkdtemp(prefix=f"run-{index}-", dir=base.path))
    (case / "out").mkdir()
    home = base.home
    if surface.store:
        home = case / "home"
        if surface.store == "base":
            surfaces.linked(base.home, home)
        else:
            home.mkdir()
    data, name = surface.choose(base, chance)
    target = surface.place(base, case, data, name)
    values = {"x": str(target), "case": str(case), "out": str(case / "out"), "seeds": str(base.seeds)}
    environment = {"PATH": os.environ["PATH"], "NNX_HOME": str(home), "NNX_OFFLINE": "1", "TMPDIR": str(case),
                   "SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1"}
    if surface.name != "config":
        environment["NNX_THREADS"] = "1"
    statuses, peak, failures, kept = [], 0, [], []
    for words in chance.choice(surface.commands):
        words = [word.format(**values) for word in words]
        outcome = execute([str(base.nnx), *words], environment, case)
        statuses.append(outcome[0])
        peak = max(peak, outcome[4])
        for what in judge(surface, case, words, outcome, kept):
            failures.append((what, " ".join(words)))
        if outcome[0] != 0:
            break
        kept = files_below(case / "out")
    if failures:
        place = FOUND / f"{options.seed}-{index}-{surface.name}"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        if target.is_file():
            shutil.copy(target, place / target.name)
        else:
            (place / name).write_bytes(data)
        for stream in ("stdout", "stderr"):
            shutil.copy(case / stream, place / stream)
        (place / "failure").write_text("".join(f"{what}\n  nnx {command}\n" for what, command in failures))
    shutil.rmtree(case, ignore_errors=True)
    return index, surface.name, statuses, peak, failures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--surface", choices=[surface.name for surface in surfaces.ALL])
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--nnx", type=Path, default=REPOSITORY / ".build/release/nnx")
    options = parser.parse_args()
    begin = time.monotonic()
    place = Path(tempfile.mkdtemp(prefix="nnx-fuzz-"))
    # A copy: a build meanwhile must not change what is tested.
    nnx = place / "nnx"
    shutil.copy2(options.nnx, nnx)
    # Source builds load what reads DICOM from beside them.
    library = Path(options.nnx).resolve().parent / "libnnxdicom.so"
    if library.exists():
        shutil.copy2(library, nnx.parent)
    base = surfaces.Base(place, nnx)
    table = collections.defaultdict(collections.Counter)
    failed = 0
    numbers = range(options.first, options.first + options.count)
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for index, name, statuses, peak, failures in pool.map(
                one, numbers, [options] * len(numbers), [base] * len(numbers), chunksize=16):
            row = table[name]
            row["runs"] += 1
            row["done" if statuses[0] in (0, 1) else "refused"] += 1
            row["peak"] = max(row["peak"], peak)
            row["failed"] += bool(failures)
            failed += bool(failures)
            for what, command in failures:
                print(f"FAILED seed {options.seed} run {index} {name}: {what}\n  nnx {command}", flush=True)
            if (index + 1) % 1000 == 0:
                print(f"{index + 1} runs, {failed} failed, {time.monotonic() - begin:.0f} s", flush=True)
    shutil.rmtree(place, ignore_errors=True)
    print(f"{'surface':24}{'runs':>7}{'done':>7}{'refused':>9}{'failed':>8}{'peak':>9}")
    for name, row in table.items():
        print(f"{name:24}{row['runs']:7}{row['done']:7}{row['refused']:9}{row['failed']:8}{row['peak'] >> 20:6} MB")
    print(f"{len(numbers)} runs, {failed} failed, {time.monotonic() - begin:.0f} s"
          + (f"; see {FOUND.relative_to(REPOSITORY)}" if failed else ""))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
