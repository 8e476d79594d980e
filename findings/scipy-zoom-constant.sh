#!/usr/bin/env bash
# A CT's air is -1024 everywhere, resampled by scipy.ndimage.zoom (order 1, float64) and cut to integers as tools do that
# keep CT as int32: some voxels come out as -1023, although nothing but -1024 went in. The two weights of a linear
# interpolation do not always add up to 1 in double, and astype(int32) cuts towards 0.
# Exits 0 while SciPy 1.17.1 does so, 1 when it does something else.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q scipy==1.17.1 numpy==2.4.0
"$folder/venv/bin/python" - <<'PY'
import numpy as np, scipy
from scipy.ndimage import zoom

air = np.full((60, 60, 40), -1024.0)
out = zoom(air, (0.73 / 1.5, 0.73 / 1.5, 2.5 / 1.5), order=1)
cut = out.astype(np.int32)
share = float((cut != -1024).mean())
print("SciPy", scipy.__version__, "NumPy", np.__version__)
print("values in double:", out.min(), "to", out.max())
print(f"after astype(int32): {sorted(set(cut.ravel().tolist()))}, not -1024 in {share:.1%}")
print(f"after rint:          {sorted(set(np.rint(out).astype(int).ravel().tolist()))}")
raise SystemExit(0 if set(cut.ravel().tolist()) == {-1024, -1023} and 0.01 < share < 0.5 else 1)
PY
