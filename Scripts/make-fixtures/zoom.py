"""What scipy.ndimage.zoom makes of small volumes, to the last bit: Tests/Fixtures/image/zoom.json.

Run: python3 zoom.py FILE   (needs NumPy and SciPy; made with SciPy 1.17.1 on x86-64)

Arrays are indexed [x, y, z] as nibabel's are, and stored with x fastest. The voxel with that index i holds
(i * 7919) % 4001 - 1500, or `constant` everywhere.
"""
import json
import sys

import numpy as np
from scipy.ndimage import zoom

cases = []


def add(shape, to, order, mode, constant=None):
    count = int(np.prod(shape))
    values = np.arange(count, dtype=np.int64) * 7919 % 4001 - 1500 if constant is None else np.full(count, constant)
    array = values.reshape(shape, order="F").astype(np.uint8 if order == 0 else np.float64)
    if order == 0:
        array = (values.reshape(shape, order="F") % 251).astype(np.uint8)
    result = zoom(array, [m / n for m, n in zip(to, shape)], order=order, mode=mode)
    assert result.shape == tuple(to), (result.shape, to)
    flat = result.ravel(order="F")
    case = {"shape": list(shape), "to": list(to), "order": order, "mode": mode}
    if constant is not None:
        # Of a constant, only the integers are of interest.
        numbers, counts = np.unique(flat.astype(np.int32), return_counts=True)
        case.update(constant=constant, integers={str(n): int(c) for n, c in zip(numbers, counts)})
    else:
        case["result"] = [int(v) if order == 0 else float(v) for v in flat]
    cases.append(case)


for shape, to in [((5, 4, 3), (8, 3, 5)), ((2, 3, 1), (5, 4, 1)), ((9, 2, 4), (4, 5, 7)), ((1, 6, 2), (3, 2, 4))]:
    for order in (1, 3):
        for mode in ("nearest", "constant"):
            add(shape, to, order, mode)
    for mode in ("nearest", "constant"):
        add(shape, to, 0, mode)
# Places of the last plane that rounding puts beyond the last voxel: 28 slices of 5 mm at 3 mm, 15 of 4.4 mm at 1.5 mm.
for shape, to in [((2, 1, 28), (2, 1, 47)), ((1, 2, 15), (1, 2, 44))]:
    for order in (0, 1, 3):
        for mode in ("nearest", "constant"):
            add(shape, to, order, mode)
# A region of air: weights do not add up to 1, and truncation tells.
for shape, to in [((20, 20, 10), (40, 40, 20)), ((30, 30, 10), (16, 16, 5)), ((20, 30, 20), (9, 14, 9))]:
    add(shape, to, 1, "nearest", constant=-1024)
with open(sys.argv[1], "w") as file:
    file.write('{"cases": [\n' + ",\n".join(json.dumps(case) for case in cases) + "\n]}\n")
