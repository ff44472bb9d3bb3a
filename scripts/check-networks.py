"""Compares Kiln's converted networks with PyTorch, which stays outside of Kiln's own tests: they use what this records.

    node scripts/convert-weights.ts --into /tmp/weights
    python3 scripts/check-networks.py /tmp/weights [--record]

Needs torch and numpy; with onnxruntime, too, the ONNX files are run and compared (else the tests do that). The
architectures are written down here once more, in terms of torch.nn.functional, and the ncnn files are read by a few
lines of numpy, so that nothing of what is checked takes part in the check.

With --record, src-main/upscale/models/fixtures/ is written anew: small networks of every dialect as torch.save writes
them, with seeded weights that nobody trained, what PyTorch makes of a fixed picture with each (*.f32: float32, all
values in order, or every 11th one for the real networks), and two of them as torch.onnx.export writes them.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F

ROOT = pathlib.Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "src-main" / "upscale" / "models" / "fixtures"
TOLERANCE = 2e-6
EVERY = 11


def picture(width, height):
    """The same in reference-picture.fixture.ts."""
    values = (np.arange(3 * width * height, dtype=np.int64) * 7919) % 256
    return torch.from_numpy((values / 256).astype(np.float32)).reshape(1, 3, height, width)


def conv(x, weights, key):
    return F.conv2d(x, weights[f"{key}.weight"], weights[f"{key}.bias"], padding=1)


def compact(x, weights, scale):
    """SRVGGNetCompact; keys body.N."""
    last = max(int(key.split(".")[1]) for key in weights)
    y = x
    for i in range(0, last, 2):
        y = F.prelu(conv(y, weights, f"body.{i}"), weights[f"body.{i + 1}.weight"])
    y = conv(y, weights, f"body.{last}")
    return F.pixel_shuffle(y, scale) + F.interpolate(x, scale_factor=scale, mode="nearest")


def rrdb(x, weights, ups):
    """RRDBNet; keys as Real-ESRGAN writes them."""

    def active(y, key):
        return F.leaky_relu(conv(y, weights, key), 0.2)

    inputs = weights["conv_first.weight"].shape[1]
    if inputs > 3:
        x = F.pixel_unshuffle(x, {12: 2, 48: 4}[inputs])
    first = conv(x, weights, "conv_first")
    trunk = first
    block = 0
    while f"body.{block}.rdb1.conv1.weight" in weights:
        y = trunk
        for dense in (1, 2, 3):
            parts = [y]
            for i in (1, 2, 3, 4):
                parts.append(active(torch.cat(parts, 1), f"body.{block}.rdb{dense}.conv{i}"))
            y = conv(torch.cat(parts, 1), weights, f"body.{block}.rdb{dense}.conv5") * 0.2 + y
        trunk = y * 0.2 + trunk
        block += 1
    y = first + conv(trunk, weights, "conv_body")
    for up in range(1, ups + 1):
        y = active(F.interpolate(y, scale_factor=2, mode="nearest"), f"conv_up{up}")
    return conv(active(y, "conv_hr"), weights, "conv_last")


def rrdb_names(blocks, ups):
    dense = [
        f"body.{b}.rdb{d}.conv{c}" for b in range(blocks) for d in (1, 2, 3) for c in (1, 2, 3, 4, 5)
    ]
    return ["conv_first", *dense, "conv_body", *[f"conv_up{u + 1}" for u in range(ups)], "conv_hr", "conv_last"]


class Bin:
    """An ncnn .bin of convolutions in float16 and slopes in float32."""

    def __init__(self, path):
        self.data = path.read_bytes()
        self.at = 0

    def take(self, count, kind):
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def conv(self, weights, key, outputs, inputs):
        assert self.take(1, "<u4")[0] == 0x01306B47
        count = outputs * inputs * 9
        values = self.take(count, "<f2").astype(np.float32)
        self.at += -self.at % 4
        weights[f"{key}.weight"] = torch.from_numpy(values.reshape(outputs, inputs, 3, 3))
        weights[f"{key}.bias"] = torch.from_numpy(self.take(outputs, "<f4").copy())


def general(folder):
    source = Bin(folder / "realesrgan-x4fast.bin")
    weights = {}
    for i in range(33):
        source.conv(weights, f"body.{2 * i}", 64, 3 if i == 0 else 64)
        weights[f"body.{2 * i + 1}.weight"] = torch.from_numpy(source.take(64, "<f4").copy())
    source.conv(weights, "body.66", 48, 64)
    assert source.at == len(source.data)
    return weights


def x4plus(folder):
    source = Bin(folder / "realesrgan-x4plus.bin")
    weights = {}
    for name in rrdb_names(23, 2):
        part = name.split(".")[-1]
        inputs, outputs = 64, 64
        if part == "conv_first":
            inputs = 3
        elif part == "conv_last":
            outputs = 3
        elif name.startswith("body."):
            place = int(part[-1])
            inputs, outputs = 64 + 32 * (place - 1), 64 if place == 5 else 32
        source.conv(weights, name, outputs, inputs)
    assert source.at == len(source.data)
    return weights


def seeded_conv(weights, key, outputs, inputs, generator):
    scale = (inputs * 9) ** -0.5
    weights[f"{key}.weight"] = torch.randn(outputs, inputs, 3, 3, generator=generator) * scale
    weights[f"{key}.bias"] = torch.randn(outputs, generator=generator) * 0.1


def seeded_compact(scale, features=6, convolutions=2, seed=1):
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for i in range(convolutions + 1):
        seeded_conv(weights, f"body.{2 * i}", features, 3 if i == 0 else features, generator)
        weights[f"body.{2 * i + 1}.weight"] = torch.rand(features, generator=generator) * 0.5
    seeded_conv(weights, f"body.{2 * convolutions + 2}", 3 * scale**2, features, generator)
    return weights


def seeded_rrdb(ups, inputs=3, features=4, growth=2, blocks=1, seed=1):
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name in rrdb_names(blocks, ups):
        part = name.split(".")[-1]
        ins, outs = features, features
        if part == "conv_first":
            ins = inputs
        elif part == "conv_last":
            outs = 3
        elif name.startswith("body."):
            place = int(part[-1])
            ins, outs = features + growth * (place - 1), features if place == 5 else growth
        seeded_conv(weights, name, outs, ins, generator)
    return weights


def as_bsrgan(key):
    key = key.replace("conv_body", "trunk_conv").replace("conv_up", "upconv").replace("conv_hr", "HRconv")
    if key.startswith("body."):
        key = "RRDB_trunk." + key[len("body.") :].replace("rdb", "RDB")
    return key


def as_first(ups, blocks):
    tail = {"conv_first": "model.0", "conv_body": f"model.1.sub.{blocks}"}
    tail |= {f"conv_up{u}": f"model.{3 * u}" for u in range(1, ups + 1)}
    tail |= {"conv_hr": f"model.{3 * ups + 2}", "conv_last": f"model.{3 * ups + 4}"}

    def rename(key):
        name, part = key.rsplit(".", 1)
        if name in tail:
            return f"{tail[name]}.{part}"
        return f"model.1.sub.{name[len('body.'):].replace('rdb', 'RDB')}.0.{part}"

    return rename


def renamed(weights, rename):
    return {rename(key): tensor for key, tensor in weights.items()}


def as_views(weights):
    """All tensors in one storage, each at an offset of its own."""
    flat = torch.cat([tensor.flatten() for tensor in weights.values()])
    views, at = {}, 0
    for key, tensor in weights.items():
        views[key] = flat[at : at + tensor.numel()].view(tensor.shape)
        at += tensor.numel()
    return views


def channels_last(weights):
    return {
        key: tensor.contiguous(memory_format=torch.channels_last) if tensor.dim() == 4 else tensor
        for key, tensor in weights.items()
    }


def small_networks():
    """name, what torch.save gets, whether in its old form, what PyTorch makes of it."""
    x = picture(12, 8)

    def entry(name, saved, run, weights, legacy=False):
        return name, saved, legacy, run(x, weights)

    weights = seeded_compact(4, seed=1)
    yield entry("compact-x4", {"params": as_views(weights)}, lambda y, w: compact(y, w, 4), weights)
    weights = seeded_compact(2, seed=2)
    both = {"params": {key: tensor * 0 for key, tensor in weights.items()}, "params_ema": weights}
    yield entry("compact-x2-legacy", both, lambda y, w: compact(y, w, 2), weights, legacy=True)
    weights = {key: tensor.half() for key, tensor in seeded_compact(3, seed=3).items()}
    wide = {key: tensor.float() for key, tensor in weights.items()}
    yield entry("compact-x3-half", weights, lambda y, w: compact(y, w, 3), wide)
    weights = {key: tensor.bfloat16() for key, tensor in seeded_compact(1, seed=4).items()}
    wide = {key: tensor.float() for key, tensor in weights.items()}
    yield entry("compact-x1-bfloat16", {"state_dict": weights}, lambda y, w: compact(y, w, 1), wide)

    weights = seeded_rrdb(2, blocks=2, seed=5)
    parameters = {f"module.{key}": torch.nn.Parameter(tensor) for key, tensor in weights.items()}
    yield entry("rrdb-x4", {"params_ema": parameters}, lambda y, w: rrdb(y, w, 2), weights)
    weights = seeded_rrdb(1, seed=6)
    saved = channels_last(renamed(weights, as_bsrgan))
    yield entry("rrdb-bsrgan-x2", saved, lambda y, w: rrdb(y, w, 1), weights)
    weights = seeded_rrdb(2, seed=7)
    saved = renamed(weights, as_first(2, 1))
    yield entry("rrdb-first-x4-legacy", saved, lambda y, w: rrdb(y, w, 2), weights, legacy=True)
    weights = seeded_rrdb(0, seed=8)
    saved = renamed(weights, as_first(0, 1))
    yield entry("rrdb-first-x1", {"netG": saved}, lambda y, w: rrdb(y, w, 0), weights)
    weights = {key: tensor.double() for key, tensor in seeded_rrdb(2, inputs=12, seed=9).items()}
    narrow = {key: tensor.float() for key, tensor in weights.items()}
    yield entry("rrdb-unshuffle2-x2", weights, lambda y, w: rrdb(y, w, 2), narrow)
    weights = seeded_rrdb(2, inputs=48, seed=10)
    yield entry("rrdb-unshuffle4-x1", weights, lambda y, w: rrdb(y, w, 2), weights)


class Exported(torch.nn.Module):
    """Weights as parameters, so that the exporter takes them along."""

    def __init__(self, weights, run):
        super().__init__()
        self.keys = list(weights)
        self.values = torch.nn.ParameterList([torch.nn.Parameter(each) for each in weights.values()])
        self.run = run

    def forward(self, x):
        return self.run(x, dict(zip(self.keys, self.values)))


def export(name, weights, run):
    torch.onnx.export(
        Exported(weights, run),
        picture(12, 8),
        str(FIXTURES / f"{name}.onnx"),
        opset_version=17,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "n", 2: "h", 3: "w"}, "output": {0: "n", 2: "oh", 3: "ow"}},
    )


def record(name, output, every=1):
    values = output.detach().numpy().astype("<f4").flatten()[::every]
    (FIXTURES / f"{name}.f32").write_bytes(values.tobytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weights", type=pathlib.Path, help="folder that convert-weights.ts --into made")
    parser.add_argument("--record", action="store_true", help="write the tests' fixtures anew")
    arguments = parser.parse_args()
    torch.set_grad_enabled(False)
    folder = arguments.weights

    x = picture(24, 20)
    real = {
        "general-x4v3": (ROOT / "weights" / "general-x4v3.onnx", compact(x, general(folder), 4)),
        "x4plus": (folder / "x4plus.onnx", rrdb(x, x4plus(folder), 2)),
    }
    if arguments.record:
        FIXTURES.mkdir(exist_ok=True)
        for name, (_, output) in real.items():
            record(name, output, EVERY)
        for name, saved, legacy, output in small_networks():
            torch.save(saved, FIXTURES / f"{name}.pth", _use_new_zipfile_serialization=not legacy)
            record(name, output)
        export("compact-x4", seeded_compact(4, seed=1), lambda x, w: compact(x, w, 4))
        export("rrdb-x4", seeded_rrdb(2, blocks=2, seed=5), lambda x, w: rrdb(x, w, 2))
        print(f"recorded in {FIXTURES}")
    try:
        import onnxruntime
    except ImportError:
        print("without the Python package onnxruntime, the ONNX files are not run here")
        return 0
    worst = 0.0
    for name, (path, expected) in real.items():
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        (output,) = session.run(None, {"input": x.numpy()})
        difference = float(np.abs(output - expected.numpy()).max())
        print(f"{name}: largest difference from PyTorch {difference:.2e}")
        worst = max(worst, difference)
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
