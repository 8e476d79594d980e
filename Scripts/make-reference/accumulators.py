"""nnUNetv2's sliding window with accumulators of float32: what an exact engine must give."""
from contextlib import contextmanager

import nnunetv2.inference.predict_from_raw_data as predict
import torch


class Float32Torch:
    """torch, except that the predictor's float16 accumulators become float32."""
    half = torch.float32

    def __getattr__(self, name):
        return getattr(torch, name)


@contextmanager
def float32_accumulators():
    gaussian = predict.compute_gaussian
    wide = lambda *a, **k: gaussian(*a, **{**k, "dtype": torch.float32})
    wide.cache_clear = gaussian.cache_clear
    predict.torch, predict.compute_gaussian = Float32Torch(), wide
    try:
        yield
    finally:
        predict.torch, predict.compute_gaussian = torch, gaussian
