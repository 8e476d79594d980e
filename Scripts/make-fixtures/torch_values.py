"""Writes Tests/Fixtures/pickles/torch_*: what torch's restricted loader takes by default.

Needs torch 2.13: python torch_values.py FOLDER
"""

import collections
import os
import sys
import warnings

import torch
from torch._weights_only_unpickler import _get_allowed_globals

warnings.simplefilter("ignore")
folder = sys.argv[1]

with open(os.path.join(folder, "torch_names.txt"), "w") as file:
    # One name in each line, with module and name apart as in a pickle.
    for name in sorted(_get_allowed_globals()):
        module, _, last = name.rpartition(".")
        file.write(f"{module} {last}\n")

marked = collections.OrderedDict(a=1)
marked.note = "kept"
parameter = torch.nn.Parameter(torch.ones(2))
parameter.note = "kept"
tensor = torch.ones(2)
tensor.note = "kept"
counted = torch.quantize_per_tensor(torch.ones(2), 0.5, 0, torch.quint8)
values = {
    "dtypes": [torch.float16, torch.bfloat16, torch.uint16, torch.float8_e4m3fn, torch.complex64],
    "dtype_keys": {torch.float16: 1, torch.float32: 2, torch.device("cpu"): 3},
    "counter": collections.Counter({"liver": 3, "spleen": 1}),
    "empty_counter": collections.Counter(),
    "complex": complex(1, -2),
    "complex_keys": {complex(1, -2): 1, complex(2, -2): 2},
    "layouts": [torch.strided, torch.sparse_coo],
    "size": torch.Size([1, 2]),
    "device": torch.device("cuda", 1),
    "set": {1, 2},
    "bytes": b"a\xff",
    "bytearray": bytearray(b"a\xff"),
    "ordered": marked,
    "parameter": parameter,
    "tensor": tensor,
    "huge": 1 << 1000,
    "huge_key": {1 << 1000: 1},
    "surrogate": "caf\udce9",
    "uint16": torch.ones(2, dtype=torch.uint16),
    "complex_tensor": torch.ones(2, dtype=torch.complex64),
    "sparse": torch.eye(2).to_sparse(),
    "quantized": counted,
    "meta": torch.ones(2, device="meta"),
    "empty": torch.ones(0),
    "storage": torch.ones(2).untyped_storage(),
}
for name in ["torch_values.pth", "torch_values_legacy.pth"]:
    legacy = "legacy" in name
    # Before torch 1.6 there were no storages without a type.
    kept = {k: v for k, v in values.items() if not (legacy and k in ["uint16", "storage"])}
    path = os.path.join(folder, name)
    torch.save(
        {"network_weights": {"a": torch.arange(6.0).reshape(2, 3)}, "values": kept},
        path, _use_new_zipfile_serialization=not legacy)
    torch.load(path, weights_only=True)
