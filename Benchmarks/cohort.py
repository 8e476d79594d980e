#!/usr/bin/env python3
"""Times a folder of small scans, folder to folder: nnx predict against nnUNetv2_predict, and against other builds of nnx.

    Benchmarks/cohort.py --nnx .build/release/nnx [--other OLD-NNX] [--nnunet VENV/bin] \\
        --model MODEL.zip --image CT.nii.gz [--cases 60] [--rounds 3] [--workers 1:1 2:1] [--claim] [--tta]

Cuts so many different parts (72 to 100 × 64 to 90 × 40 to 80 voxels) out of one image, installs the model into a fresh
store, and runs everybody in turn into an empty folder. nnU-Net reads the tree that nnx laid out, once for each pair of
--workers (its -npp and -nps); the best counts. Prints wall and processor seconds and peak memory (the summed PSS of all
processes of a run) as medians, the ratios to nnx round by round as medians, and voxels that differ. Needs a Python with
SimpleITK. Machines are noisy: quote ratios; on a busy machine those of processor seconds.
"""
import argparse, os, random, shutil, statistics, tempfile
from pathlib import Path

import SimpleITK as sitk
from measured import installed, nnunet, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--nnx", required=True)
parser.add_argument("--other", help="another build of nnx")
parser.add_argument("--nnunet", help="bin folder of an environment with nnunetv2")
parser.add_argument("--model", required=True)
parser.add_argument("--image", required=True)
parser.add_argument("--cases", type=int, default=60)
parser.add_argument("--rounds", type=int, default=3)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--workers", nargs="+", default=["1:1"], help="nnU-Net's -npp and -nps")
parser.add_argument("--claim", action="store_true", help="nnx runs as a worker")
parser.add_argument("--tta", action="store_true", help="with mirroring")
arguments = parser.parse_args()

work = Path(tempfile.mkdtemp())
(work / "in").mkdir()
random.seed(1)
image = sitk.Cast(sitk.ReadImage(arguments.image), sitk.sitkInt16)
for number in range(arguments.cases):
    size = [min(all, random.randint(*range)) for all, range in zip(image.GetSize(), [(72, 100), (64, 90), (40, 80)])]
    start = [random.randint(0, all - own) for all, own in zip(image.GetSize(), size)]
    sitk.WriteImage(sitk.RegionOfInterest(image, size, start), str(work / f"in/case{number:03}_0000.nii.gz"))


def nnx(binary):
    return [str(Path(binary).resolve()), "predict", "-m", "bench", "-i", str(work / "in"), "-o", str(work / "out"), "-q",
            "--threads", str(arguments.threads)] + ["--no-tta"] * (not arguments.tta) + ["--claim"] * arguments.claim


first = str(Path(arguments.nnx).resolve())
environment = installed(first, arguments.model, work, arguments.threads)
commands = {"nnx": (nnx(arguments.nnx), environment)}
if arguments.other:
    commands["other"] = (nnx(arguments.other), environment)
for workers in arguments.workers if arguments.nnunet else []:
    readers, writers = workers.split(":")
    commands[f"nnU-Net, {workers}"] = nnunet(
        arguments.nnunet, first, environment, work / "in", work / "out", readers=readers, writers=writers,
        tta=arguments.tta)

measured = {name: [] for name in commands}
for number in range(arguments.rounds):
    for name, command in commands.items():
        measured[name].append(run(*command))
        kept = work / name.split(",")[0]
        shutil.rmtree(kept, ignore_errors=True)
        (work / "out").rename(kept)
        seconds, memory, used = measured[name][-1]
        print(f"round {number + 1}, {name}: {seconds:.1f} s, processor {used:.1f} s, {memory / 1e6:.0f} MB", flush=True)


def median(runs, column):
    return statistics.median(run[column] for run in runs)


print(f"{'':14} {'wall':>9} {'processor':>10} {'memory':>9}   to nnx: wall, processor, memory")
for name, runs in measured.items():
    ratios = [statistics.median(b[column] / a[column] for a, b in zip(measured["nnx"], runs)) for column in (0, 2, 1)]
    print(f"{name:14} {median(runs, 0):7.2f} s {median(runs, 2):8.2f} s {median(runs, 1) / 1e6:6.0f} MB   "
          + "  ".join(f"{ratio:6.2f} x" for ratio in ratios))
for name in ["other", "nnU-Net"]:
    if not (work / name).exists():
        continue
    differing = total = 0
    for path in sorted((work / "nnx").glob("*.nii.gz")):
        a, b = (sitk.GetArrayFromImage(sitk.ReadImage(str(p))) for p in (path, work / name / path.name))
        differing, total = differing + int((a != b).sum()), total + a.size
    print(f"voxels that differ, nnx and {name}: {differing} of {total}")
shutil.rmtree(work)
