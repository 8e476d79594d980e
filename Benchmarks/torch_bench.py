"""Times one patch in PyTorch (fp32, eager, CPU) or OpenVINO (fp32) and in `nnx bench`, in turns.

    python Benchmarks/torch_bench.py [plain|residual|anisotropic|flat] [--threads N] [--rounds N]
        [--peer pytorch|openvino] [--nnx PATH]

Run it with a Python that has torch and dynamic_network_architectures (nnunetv2 brings both), and
openvino for that peer. With
one thread both are timed by processor time, which neighbours on the machine disturb least; with
more, by wall time, for which the machine must be quiet.

NNX_KERNELS=avx2 limits the engine, ONEDNN_MAX_CPU_ISA=AVX2 ATEN_CPU_CAPABILITY=avx2 MKL_ENABLE_INSTRUCTIONS=AVX2
limits PyTorch; the first of the three limits OpenVINO too.
The last line is a row of a table in Markdown.
"""

import argparse
import json
import os
import statistics
import subprocess
import time

import torch
from dynamic_network_architectures.architectures.unet import PlainConvUNet, ResidualEncoderUNet


def network(name):
    ones, twos, threes = [1, 1, 1], [2, 2, 2], [3, 3, 3]
    common = dict(
        input_channels=1, num_classes=3, conv_bias=True, norm_op=torch.nn.InstanceNorm3d,
        norm_op_kwargs=dict(eps=1e-5, affine=True), nonlin=torch.nn.LeakyReLU,
        nonlin_kwargs=dict(inplace=True), conv_op=torch.nn.Conv3d, n_stages=6,
        features_per_stage=[32, 64, 128, 256, 320, 320], kernel_sizes=[threes] * 6,
        strides=[ones] + [twos] * 5)
    if name == "plain":
        return PlainConvUNet(**common, n_conv_per_stage=2, n_conv_per_stage_decoder=2), [128] * 3
    if name == "residual":
        return ResidualEncoderUNet(
            **common, n_blocks_per_stage=[1, 3, 4, 6, 6, 6], n_conv_per_stage_decoder=1), [128] * 3
    if name == "anisotropic":
        common.update(
            kernel_sizes=[[1, 3, 3]] * 2 + [threes] * 4,
            strides=[ones, [1, 2, 2], [1, 2, 2], twos, twos, [1, 2, 2]])
        return (PlainConvUNet(**common, n_conv_per_stage=2, n_conv_per_stage_decoder=2),
                [40, 192, 192])
    common.update(
        conv_op=torch.nn.Conv2d, norm_op=torch.nn.InstanceNorm2d, n_stages=8,
        features_per_stage=[32, 64, 128, 256, 512, 512, 512, 512], kernel_sizes=[[3, 3]] * 8,
        strides=[[1, 1]] + [[2, 2]] * 7)
    return PlainConvUNet(**common, n_conv_per_stage=2, n_conv_per_stage_decoder=2), [512, 512]


def engine(path, name, threads, kind):
    """Of one patch: the kernels, and seconds of a kind (processor or wall)."""
    answer = json.loads(subprocess.run(
        [path, "bench", name, "--threads", str(threads), "--repeat", "3", "--json"], check=True,
        capture_output=True, text=True).stdout)
    return answer["data"]["kernels"], answer["data"][f"{kind}Seconds"]


def openvino_peer(model, x, threads):
    """The same network, compiled by OpenVINO for fp32: (name, a call of one patch)."""
    import openvino
    compiled = openvino.compile_model(
        openvino.convert_model(model, example_input=x), "CPU",
        {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1})
    patch = x.numpy()
    return f"OpenVINO {openvino.__version__.split('-')[0]}", lambda: compiled(patch)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("network", nargs="?", default="plain")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", choices=["pytorch", "openvino"], default="pytorch")
    parser.add_argument("--nnx", default=".build/release/nnx")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model, patch = network(options.network)
    model = model.eval()
    # Deep supervision is off when nnU-Net predicts.
    model.decoder.deep_supervision = False
    x = torch.randn(1, 1, *patch)
    kind, clock = (
        ("processor", time.process_time) if options.threads == 1 else ("wall", time.perf_counter))
    ours, theirs = [], []
    with torch.inference_mode():
        name, run = (f"PyTorch {torch.__version__}", lambda: model(x)) \
            if options.peer == "pytorch" else openvino_peer(model, x, options.threads)
        run()
        for _ in range(options.rounds):
            start = clock()
            run()
            theirs.append(clock() - start)
            kernels, seconds = engine(options.nnx, options.network, options.threads, kind)
            ours.append(seconds)
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(f"{options.network}, {options.threads} threads, {kind} seconds, "
          f"load {os.getloadavg()[0]:.1f}")
    print(f"{name} {peer:.3f} {[round(t, 3) for t in theirs]}")
    print(f"nnx {mine:.3f} {[round(t, 3) for t in ours]}")
    print(f"| {options.network} | {kernels} | {options.threads} | {name} | {peer:.2f} s | {mine:.2f} s "
          f"| {peer / mine:.1f} × |")


main()
