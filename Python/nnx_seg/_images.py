"""Images in memory: nibabel's, through uncompressed files in memory."""

from __future__ import annotations

import os
import tempfile
from typing import Any

from ._program import NNXError


def nibabel() -> Any:
    """The module nibabel.

    Raises
    ------
    NNXError
        ``missing-nibabel``, status 78.
    """
    try:
        import nibabel as module
    except ImportError:
        raise NNXError("missing-nibabel", 78, "images in memory are nibabel's, which is not installed",
                       ["pip install 'nnx-seg[arrays]'", "or give the path of the image"]) from None
    return module


def scratch() -> "tempfile.TemporaryDirectory[str]":
    """A folder for images on their way, in memory where the system has one."""
    memory = "/dev/shm"
    is_there = os.path.isdir(memory) and os.access(memory, os.W_OK)
    return tempfile.TemporaryDirectory(prefix="nnx-", dir=memory if is_there and not os.environ.get("TMPDIR") else None)


def copy_out(path: str) -> Any:
    """An image of a file that is about to go: its numbers are read."""
    import numpy

    image = nibabel().load(path)
    data = numpy.asanyarray(image.dataobj).copy()
    header = image.header.copy()
    result = image.__class__(data, image.affine, header)
    result.set_data_dtype(data.dtype)
    return result
