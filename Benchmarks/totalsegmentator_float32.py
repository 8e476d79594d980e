#!/usr/bin/env python3
"""TotalSegmentator, except that the accumulators of nnU-Net's sliding window are float32 instead of float16.

    VENV/bin/python Benchmarks/totalsegmentator_float32.py -i IMAGE -o OUT --ml -d cpu …

What an exact engine must give; the package's own result differs from it wherever two classes are nearly equal.
"""
import sys
from pathlib import Path

from totalsegmentator.bin.TotalSegmentator import main

sys.path.append(str(Path(__file__).parents[1] / "Scripts/make-reference"))
from accumulators import float32_accumulators

if __name__ == "__main__":
    with float32_accumulators():
        main()
