#!/usr/bin/env python3
"""Times a whole case, file to file: nnx predict against nnUNetv2_predict on the same CPU, in turn.

    Benchmarks/whole_case.py --nnx .build/release/nnx --nnunet VENV/bin \\
        --model MODEL.zip --image IMAGE.nii.gz [--runs 3] [--tta] [--threads 2] [--exact]

VENV holds nnunetv2 (pip install torch nnunetv2). The model is installed into a fresh store, and
nnU-Net reads the tree that nnx laid out. Prints wall seconds and peak memory (the summed PSS of all
processes of a run) as medians, their ratios, and how many voxels differ between the two results; with
--exact also from nnU-Net with float32 accumulators (nnunet_float32.py), which takes one run more.
Machines are noisy: quote the ratio, and say which CPU.
"""
import argparse, os, shutil, statistics, subprocess, tempfile
from pathlib import Path

from measured import installed, nnunet, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--nnx", required=True)
parser.add_argument("--nnunet", required=True, help="bin folder of an environment with nnunetv2")
parser.add_argument("--model", required=True)
parser.add_argument("--image", required=True)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--threads", type=int, default=os.cpu_count())
parser.add_argument("--tta", action="store_true", help="with mirroring")
parser.add_argument("--exact", action="store_true", help="compare with float32 accumulators, too")
arguments = parser.parse_args()

work = Path(tempfile.mkdtemp())
nnx = str(Path(arguments.nnx).resolve())
environment = installed(nnx, arguments.model, work, arguments.threads)
images = work / "images"
images.mkdir()
shutil.copy(arguments.image, images / "case_0000.nii.gz")
ours = [nnx, "predict", "-m", "bench", "-i", str(images / "case_0000.nii.gz"), "-o", str(work / "ours.nii.gz"),
        "--overwrite", "-q", "--threads", str(arguments.threads)] + ([] if arguments.tta else ["--no-tta"])
theirs, their_environment = nnunet(
    arguments.nnunet, nnx, environment, images, work / "theirs", tta=arguments.tta)

measured = {"nnx": [], "nnU-Net": []}
for number in range(arguments.runs):
    measured["nnx"].append(run(ours, environment))
    measured["nnU-Net"].append(run(theirs, their_environment))
    print(f"run {number + 1}: " + ", ".join(f"{name} {runs[-1][0]:.1f} s" for name, runs in measured.items()), flush=True)

median = {name: [statistics.median(column) for column in zip(*runs)] for name, runs in measured.items()}
for name, (seconds, memory, _) in median.items():
    print(f"{name:8} {seconds:8.2f} s {memory / 1e6:8.0f} MB")
print(f"ratio    {median['nnU-Net'][0] / median['nnx'][0]:8.2f} x {median['nnU-Net'][1] / median['nnx'][1]:8.2f} x")
compare = """
import sys, SimpleITK as sitk
a, b = (sitk.GetArrayFromImage(sitk.ReadImage(p)) for p in sys.argv[1:])
print(f"{(a != b).sum()} of {a.size}")
"""


def differing(name, a, b):
    print(f"voxels that differ, {name}: ", end="", flush=True)
    subprocess.run([f"{arguments.nnunet}/python", "-c", compare, str(work / a), str(work / b)], check=True)


differing("nnx and nnU-Net", "ours.nii.gz", "theirs/case.nii.gz")
if arguments.exact:
    exact = [f"{arguments.nnunet}/python", str(Path(__file__).parent / "nnunet_float32.py"), *theirs[1:]]
    exact[exact.index(str(work / "theirs"))] = str(work / "exact")
    run(exact, their_environment)
    differing("nnx and nnU-Net with float32 accumulators", "ours.nii.gz", "exact/case.nii.gz")
    differing("nnU-Net and itself with float32 accumulators", "theirs/case.nii.gz", "exact/case.nii.gz")
shutil.rmtree(work)
