#!/usr/bin/env python3
"""Write Tests/Fixtures/pickles/plans_*.pkl: a v1 plans.pkl as Python and NumPy of several ages write it.

Usage: plans_pickles.py        (once with NumPy 1, once with NumPy 2)

The content holds every kind of value that plans are known to hold; PickleNumPyTests knows it.
"""
import pickle
from collections import OrderedDict
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "Tests" / "Fixtures" / "pickles"

plans = {
    "num_modalities": 1,
    "modalities": {0: "CT"},
    "normalization_schemes": OrderedDict([(0, "CT")]),
    "use_mask_for_norm": OrderedDict([(0, False)]),
    "intensities": {
        0: OrderedDict(mean=np.float64(99.40078), sd=np.float32(39.5), median=np.float16(1.5), mn=-1000)
    },
    "classes": np.array([1, 2]),
    "keep_only_largest_region": {(1, 2): np.bool_(True), (np.int64(3),): np.bool_(False)},
    "per_class": {np.int64(1): np.int16(-5), np.int64(2): np.uint8(200)},
    "spacing": np.array([5.0, 0.7, 0.7]),
    "big_endian": np.array([1.5, -2.5], dtype=">f8"),
    "rows": np.array([[1, 2, 2], [2, 2, 2]]),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "zero_axes": np.array(3.0, dtype=np.float32),
    "empty": np.array([], dtype=np.float64),
    "objects": np.array([None, "a"], dtype=object),
    "dummy": np.bool_(False),
    "huge": 2**70,
    "path": "/data/Größe.npz",
    "nothing": None,
}
FOLDER.mkdir(parents=True, exist_ok=True)
for protocol in range(2, 6):
    name = f"plans_numpy{np.__version__.split('.')[0]}_protocol{protocol}.pkl"
    (FOLDER / name).write_bytes(pickle.dumps(plans, protocol))
