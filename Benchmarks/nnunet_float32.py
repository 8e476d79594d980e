#!/usr/bin/env python3
"""nnUNetv2_predict, except that the accumulators of its sliding window are float32 instead of float16.

    VENV/bin/python Benchmarks/nnunet_float32.py -i IMAGES -o OUT -d DATASET …

What an exact engine must give; nnU-Net's own result differs from it wherever two classes are nearly equal.
"""
import sys
from pathlib import Path

from nnunetv2.inference.predict_from_raw_data import predict_entry_point

sys.path.append(str(Path(__file__).parents[1] / "Scripts/make-reference"))
from accumulators import float32_accumulators

if __name__ == "__main__":
    with float32_accumulators():
        predict_entry_point()
