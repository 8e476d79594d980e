#!/usr/bin/env bash
# torchio's Resample places its new grid with NumPy's `@`, which is OpenBLAS and has kernels of its own for each processor:
# the origin's last bit hangs on the processor, and with it voxels of whole numbers, whose fractions are cut off. The same
# oblique images, the same packages, the kernels of two processors: some voxels differ by 1. (So do inputs of TotalSpineSeg,
# which resamples so.)
# Exits 0 while torchio 1.2.1 does so on an x86-64 processor with AVX2, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torchio==1.2.1 torch==2.13.0 numpy==2.4.6 SimpleITK==2.5.7
cd "$folder"
cat > resample.py <<'PY'
import sys
import numpy as np, torch, torchio

chance = np.random.default_rng(4)
results, origins = [], []
for _ in range(40):
    # A rotation from a quaternion, number by number: the images are the same whatever the kernels.
    a, b, c, d = (float(number) for number in chance.normal(size=4))
    length = (a * a + b * b + c * c + d * d) ** 0.5
    a, b, c, d = a / length, b / length, c / length, d / length
    turn = [[a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a - b * b + c * c - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a - b * b - c * c + d * d]]
    affine = np.eye(4)
    affine[:3, :3] = np.array(turn) * np.round(chance.uniform(1, 3, 3), 2)
    affine[:3, 3] = np.round(chance.uniform(-100, 100, 3), 3)
    values = chance.integers(0, 3, (14, 16, 18)) * 100
    image = torchio.ScalarImage(tensor=torch.from_numpy(values.astype(np.int16))[None], affine=affine)
    new = torchio.Resample(1)(image)
    results.append(new.data.numpy().ravel())
    origins.append(new.affine[:3, 3])
np.savez(sys.argv[1], values=np.concatenate(results), origins=np.array(origins))
PY
for kernels in Nehalem Haswell; do OPENBLAS_CORETYPE=$kernels venv/bin/python resample.py $kernels.npz; done
venv/bin/python - <<'PY'
import numpy as np

one, other = np.load("Nehalem.npz"), np.load("Haswell.npz")
differ = np.abs(one["values"].astype(int) - other["values"].astype(int))
places = np.abs(one["origins"] - other["origins"]).max(1)
print("torchio 1.2.1, NumPy 2.4.6, 40 oblique images of int16 to 1 mm, OpenBLAS kernels of Nehalem and of Haswell:")
print(f"  {np.count_nonzero(places)} origins differ, by {places.max():.1e} mm at most; {np.count_nonzero(differ)} of {differ.size} voxels differ, by {differ.max()}")
raise SystemExit(0 if np.count_nonzero(differ) and places.max() < 1e-12 else 1)
PY
