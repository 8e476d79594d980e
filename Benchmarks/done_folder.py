#!/usr/bin/env python3
"""Times the next run of a folder of which all cases are done.

    Benchmarks/done_folder.py --nnx .build/release/nnx --model MODEL.zip [--other OLD-NNX] [--cases 10000] [--rounds 5]

Writes so many different images of 16 × 16 × 16 voxels, installs the model into a fresh store, has nnx predict them all
(a model as small as Tests/Fixtures/reference/v2/plain_ct/model.zip needs some minutes for it), and then times the same
command, with and without --claim, in turn. Wall and processor seconds as medians, and the largest of the wall's.
"""
import argparse, gzip, os, random, shutil, statistics, struct, tempfile
from pathlib import Path

from measured import installed, run

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--nnx", required=True)
parser.add_argument("--other", help="another build of nnx")
parser.add_argument("--model", required=True)
parser.add_argument("--cases", type=int, default=10_000)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--work", help="folder to keep, so that a second call need not predict again")
arguments = parser.parse_args()

work = Path(arguments.work or tempfile.mkdtemp())
images, results = work / "in", work / "out"


def nifti(voxels, side):
    """NIfTI-1, int16, 1.5 mm: https://nifti.nimh.nih.gov/pub/dist/src/niftilib/nifti1.h"""
    header = bytearray(352)
    struct.pack_into("<i", header, 0, 348)
    struct.pack_into("<8h", header, 40, 3, side, side, side, 1, 1, 1, 1)
    struct.pack_into("<2h", header, 70, 4, 16)
    struct.pack_into("<8f", header, 76, 1, 1.5, 1.5, 1.5, 0, 0, 0, 0)
    struct.pack_into("<3f", header, 108, 352, 1, 0)
    struct.pack_into("<2h", header, 252, 0, 1)
    for row in range(3):
        struct.pack_into("<f", header, 280 + 16 * row + 4 * row, 1.5)
    header[123] = 2
    header[344:348] = b"n+1\0"
    return bytes(header) + voxels


def command(binary, *more):
    return [str(Path(binary).resolve()), "predict", "-m", "bench", "-i", str(images), "-o", str(results), *more]


if not images.exists():
    images.mkdir(parents=True)
    random.seed(1)
    for number in range(arguments.cases):
        # From -256 to 255: bytes alone would be no HU.
        voxels = bytearray(8192)
        voxels[0::2] = random.randbytes(4096)
        voxels[1::2] = random.randbytes(4096).translate(bytes([0, 255] * 128))
        (images / f"case{number:05}_0000.nii.gz").write_bytes(gzip.compress(nifti(voxels, 16), 1))
environment = installed(str(Path(arguments.nnx).resolve()), arguments.model, work, os.cpu_count()) \
    if not (work / "home").exists() else dict(os.environ, NNX_HOME=str(work / "home"))
seconds, memory, used = run(command(arguments.nnx, "--no-tta", "-q"), environment)
print(f"the first run: {seconds:.1f} s, processor {used:.1f} s")
commands = {"nnx": command(arguments.nnx, "--no-tta"), "nnx --claim": command(arguments.nnx, "--no-tta", "--claim")}
if arguments.other:
    commands |= {"other": command(arguments.other, "--no-tta"),
                 "other --claim": command(arguments.other, "--no-tta", "--claim")}
measured = {name: [] for name in commands}
for _ in range(arguments.rounds):
    for name, words in commands.items():
        measured[name].append(run(words, environment))
for name, runs in measured.items():
    wall, memory, used = (statistics.median(run[column] for run in runs) for column in range(3))
    print(f"{name:14} {wall:6.2f} s (at most {max(run[0] for run in runs):.2f} s), processor {used:.2f} s, "
          f"{memory / 1e6:.0f} MB")
if not arguments.work:
    shutil.rmtree(work)
