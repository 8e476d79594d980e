"""Published nnU-Net models from Python: installed by name, run by the program ``nnx`` that comes with this package.

Examples
--------
>>> import nnx_seg
>>> nnx_seg.install("lung2-ct")                                          # doctest: +SKIP
>>> result = nnx_seg.predict("ct.nii.gz", "lung2-ct", "seg.nii.gz")      # doctest: +SKIP
>>> result.volumes["lung"]                                               # doctest: +SKIP
4213.7
>>> image = nnx_seg.predict(nibabel.load("ct.nii.gz"), "lung2-ct")       # doctest: +SKIP

For research only: neither nnx nor this package is a medical device.
"""

from ._calls import install, list, predict, run, stats
from ._program import NNXError, Progress, find_nnx
from ._results import Case, Installed, Label, LabelStatistics, Model, Prediction, Statistics

__all__ = [
    "Case", "Installed", "Label", "LabelStatistics", "Model", "NNXError", "Prediction", "Progress", "Statistics",
    "find_nnx", "install", "list", "predict", "run", "stats",
]
