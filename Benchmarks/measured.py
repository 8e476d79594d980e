"""What the scripts beside this one share: a model in a store of its own, nnU-Net in its tree, and a command measured
with all processes that it starts.
"""
import os, resource, subprocess, threading, time
from pathlib import Path


def installed(nnx, model, work, threads):
    """Environment of a store below `work` that has the model, called `bench`; for nnU-Net, too, with so many threads."""
    environment = dict(os.environ, NNX_HOME=str(work / "home"), OMP_NUM_THREADS=str(threads),
                       nnUNet_def_n_proc=str(threads))
    for name in ["PYTHONPATH", "OPENBLAS_CORETYPE"]:
        environment.pop(name, None)
    subprocess.run([nnx, "install", model, "--name", "bench", "-q"], env=environment, check=True)
    return environment


def nnunet(programs, nnx, environment, source, target, *, readers=1, writers=1, tta=False):
    """Command of nnUNetv2_predict from folder to folder with the model that `installed` has, and its environment.

    programs: bin folder of an environment with nnunetv2. readers, writers: its -npp and -nps.
    """
    results = Path(subprocess.run(
        [nnx, "path", "--results"], env=environment, check=True, capture_output=True, text=True).stdout.strip())
    dataset = next(path for path in results.iterdir() if path.name.startswith("Dataset"))
    folder = next(path for path in dataset.iterdir() if "__" in path.name)
    trainer, plans, configuration = folder.name.split("__")
    folds = sorted(path.name[5:] for path in folder.glob("fold_*"))
    command = [
        f"{programs}/nnUNetv2_predict", "-i", str(source), "-o", str(target), "-d", dataset.name, "-c", configuration,
        "-tr", trainer, "-p", plans, "-f", *folds, "-device", "cpu", "-npp", str(readers), "-nps", str(writers)]
    places = {"nnUNet_results": str(results), "nnUNet_raw": str(source), "nnUNet_preprocessed": str(source)}
    return command + ["--disable_tta"] * (not tta), environment | places


def processes_below(root):
    """Process ids of root and all its descendants."""
    found, queue = [], [root]
    while queue:
        pid = queue.pop()
        found.append(pid)
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                queue += map(int, (task / "children").read_text().split())
        except OSError:
            pass
    return found


def proportional_set_size(pid):
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def processor_seconds():
    """Of all children that have ended, and theirs."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


# What asking for memory may take of one processor: the system walks through all pages of a process to tell its PSS, which
# takes 20 ms a time for 3 GB, and would slow down whoever holds most.
SHARE = 0.05


def run(command, environment):
    """Wall seconds, peak summed PSS in bytes, and processor seconds."""
    peak, finished = [0], threading.Event()
    start, used = time.monotonic(), processor_seconds()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def watch():
        pause = 0.05
        while not finished.wait(pause):
            began = time.thread_time()
            peak[0] = max(peak[0], sum(map(proportional_set_size, processes_below(process.pid))))
            pause = max(0.05, (time.thread_time() - began) / SHARE)

    watcher = threading.Thread(target=watch)
    watcher.start()
    text, _ = process.communicate()
    seconds = time.monotonic() - start
    finished.set()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{text}")
    return seconds, peak[0], processor_seconds() - used


def peak_resident(command, environment):
    """Bytes of the largest resident set that a command itself has, asked every two milliseconds."""
    peak = 0
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        try:
            for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
                if line.startswith("VmHWM:"):
                    peak = int(line.split()[1]) * 1024
        except OSError:
            pass
        time.sleep(0.002)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return peak
