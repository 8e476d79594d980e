#!/usr/bin/env python3
"""Makes a CT of 512 x 512 x 200 of a smaller one, for timing whole cases with the network of make-archive.

    VENV/bin/python Benchmarks/large_ct.py CT.nii.gz OUT.nii.gz [--one-tile]

Interpolated and with noise of 12 HU, so that it packs like a scan; its spacing is such that the network's
volume has 200 x 273 x 273 voxels, 48 tiles. --one-tile cuts out what becomes one tile of 128 x 128 x 128.
Needs a Python with SimpleITK (nnunetv2 brings it).
"""
import argparse

import numpy
import SimpleITK

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("image")
parser.add_argument("output")
parser.add_argument("--one-tile", action="store_true")
options = parser.parse_args()

SIZE = (512, 512, 200)
source = SimpleITK.ReadImage(options.image)
spacing = [s * n / m for s, n, m in zip(source.GetSpacing(), source.GetSize(), SIZE)]
large = SimpleITK.Resample(
    source, SIZE, SimpleITK.Transform(), SimpleITK.sitkLinear, source.GetOrigin(), spacing,
    source.GetDirection(), -1024)
voxels = SimpleITK.GetArrayFromImage(large).astype(numpy.float32)
voxels += numpy.random.default_rng(1).normal(0, 12, voxels.shape)
voxels = numpy.clip(numpy.rint(voxels), -1024, 3071).astype(numpy.int16)
if options.one_tile:
    voxels = voxels[36:164, 136:376, 136:376]
image = SimpleITK.GetImageFromArray(voxels)
image.SetSpacing((0.8 * 273 / 512, 0.8 * 273 / 512, 1.0))
SimpleITK.WriteImage(image, options.output)
