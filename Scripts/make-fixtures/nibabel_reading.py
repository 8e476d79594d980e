"""What nnU-Net's NibabelIO makes of the files in itk-reading.json: Tests/Fixtures/image/nibabel-reading.json.

Run: python3 nibabel_reading.py itk-reading.json OUTPUT.json   (needs nnunetv2 2.8)
Files that it refuses (other than three axes) are left out.
"""
import json
import os
import sys
import tempfile

import numpy as np
from nnunetv2.imageio.nibabel_reader_writer import NibabelIO

result = []
for case in json.load(open(sys.argv[1])):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "a_0000.nii")
        with open(path, "wb") as f:
            f.write(bytes.fromhex(case["file"]))
        try:
            array, properties = NibabelIO().read_images([path])
        except Exception as error:
            print("left out:", case["name"], repr(error)[:90])
            continue
    result.append({"name": case["name"], "spacing": [float(v) for v in properties["spacing"]],
                   "voxels": [int(v) for v in array.ravel().view(np.uint32)]})
with open(sys.argv[2], "w") as f:
    f.write("[\n" + ",\n".join(json.dumps(r) for r in result) + "\n]\n")
print(len(result))
