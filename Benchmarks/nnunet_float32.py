#!/usr/bin/env python3
"""nnUNetv2_predict, except that the accumulators of its sliding window are float32 instead of float16.

    VENV/bin/python Benchmarks/nnunet_float32.py -i IMAGES -o OUT -d DATASET …

What an exact engine must give; nnU-Net's own result differs from it wherever two classes are nearly equal.
"""
import torch
import nnunetv2.inference.predict_from_raw_data as predict


class Float32Torch:
    """torch, with a half that is none."""
    half = torch.float32

    def __getattr__(self, name):
        return getattr(torch, name)


def gaussian(*arguments, **options):
    return compute_gaussian(*arguments, **{**options, "dtype": torch.float32})


compute_gaussian = predict.compute_gaussian
gaussian.cache_clear = compute_gaussian.cache_clear
predict.torch, predict.compute_gaussian = Float32Torch(), gaussian

if __name__ == "__main__":
    predict.predict_entry_point()
