#!/usr/bin/env python3
"""Layers in PyTorch, to compare the engine's with: inputs, weights, outputs and gradients, computed in float64 and stored as float32.

Usage: make_layer_cases.py OUT.safetensors --seed N [--reference DIR]

The file has one tensor per name ("CASE/x", "CASE/w", "CASE/out", "CASE/grad_out", "CASE/grad_x" ...), everything in Caffe's order, and in its
metadata "cases": a JSON list of { name, layer, objective, inputs, params }, where `layer` holds prototxt fields (a list is a repeated field, an
object a nested message), and `objective` what a loss is computed by beyond them, or null. With --reference, the cases of DIR/make_reference.py are drawn anew with the same seed and added.
"""
import argparse
import importlib.util
import json
import pathlib
import struct

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def exact(t):
    """The nearest numbers that float32 holds exactly."""
    return t.float().double()


def caffe_average(x, kernel, stride, pad):
    """Caffe's average: the divisor counts what lies in the image or its padding, the size is rounded up.

    PyTorch's count_include_pad divides by the whole window where it reaches past the padding too, so here the sums come from an
    explicitly padded image and the divisors from a padded image of ones, which has no more padding than Caffe counts.
    """
    def ends(length):
        count = -(-(length + 2 * pad - kernel) // stride) + 1
        if pad and (count - 1) * stride >= length + pad:
            count -= 1
        return (count - 1) * stride + kernel - (length + 2 * pad)

    extra = [ends(x.shape[3]), ends(x.shape[2])]
    ones = F.pad(torch.ones_like(x), (pad, pad, pad, pad), value=1.0)

    def sums(t):
        t = F.pad(t, (0, extra[0], 0, extra[1]))  # negative where the last rows are in no window
        return F.avg_pool2d(t, kernel, stride) * kernel * kernel

    return sums(F.pad(x, (pad, pad, pad, pad))) / sums(ones)


def along(factor, axis, rank):
    """A factor with ones around it, so that it covers the axes from `axis` on."""
    return factor.reshape([1] * axis + list(factor.shape) + [1] * (rank - axis - factor.dim()))


def loss(x, label, ignore=-100, divisor=None):
    total = F.cross_entropy(x, label, ignore_index=ignore, reduction="sum")
    return total / (divisor or max(1, int((label != ignore).sum())))


def weights_of(classes, given):
    return torch.ones(classes) if given is None else torch.tensor(given)


def focal(x, label, gamma, given=None, ignore=255):
    """The focal loss, divided by the weights of the labels that count."""
    counts = label != ignore
    weight = weights_of(x.shape[1], given)[label[counts]]
    log_p = F.log_softmax(x, 1).movedim(1, -1)[counts].gather(1, label[counts][:, None])[:, 0]
    return (weight * (1 - log_p.exp()) ** gamma * -log_p).sum() / weight.sum()


def dice(x, label, given=None, ignore=255):
    """1 - soft Dice over the batch, the mean of the classes that are there, by their weights."""
    counts = label != ignore
    p = F.softmax(x, 1).movedim(1, -1)[counts]
    truth = F.one_hot(label[counts], x.shape[1]).to(p.dtype)
    there = truth.sum(0) > 0
    losses = 1 - 2 * (p * truth).sum(0) / (p.sum(0) + truth.sum(0))
    weight = weights_of(x.shape[1], given)[there]
    return (losses[there] * weight).sum() / weight.sum()


def batch_norm_stored(x, mean, variance, factor):
    shape = [1, -1] + [1] * (x.dim() - 2)
    return (x - (mean / factor).reshape(shape)) / torch.sqrt((variance / factor).reshape(shape) + 1e-3)


def layer_cases(g):
    """(name, prototxt fields, inputs, parameters, function[, objective]) of each case."""
    def r(*shape):
        return torch.randn(*shape, generator=g)

    def one(name, fields, x, function):
        return name, fields, dict(x=x), {}, function

    yield "prelu", dict(type="PReLU"), dict(x=r(2, 4, 3, 5)), dict(a=r(4)), lambda x, a: F.prelu(x, a)
    yield ("prelu-shared", dict(type="PReLU", channel_shared=True), dict(x=r(2, 4, 3, 5)), dict(a=r(1)),
           lambda x, a: F.prelu(x, a))
    yield one("elu", dict(type="ELU", alpha=0.6), r(2, 3, 4, 5), lambda x: F.elu(x, 0.6))
    yield one("sigmoid", dict(type="Sigmoid"), r(2, 3, 4, 5) * 3, torch.sigmoid)
    yield one("tanh", dict(type="TanH"), r(2, 3, 4, 5) * 2, torch.tanh)

    yield one("lrn-within", dict(type="LRN", norm_region="WITHIN_CHANNEL", local_size=5, alpha=0.8, beta=0.75),
              r(2, 3, 7, 9) * 2, lambda x: x / (1 + 0.8 * caffe_average(x * x, 5, 1, 2)) ** 0.75)
    for name, size, kernel, stride, pad in [("even", (8, 6), 3, 2, 0), ("pad1", (7, 8), 3, 2, 1), ("pad2", (9, 5), 4, 3, 2)]:
        yield one(f"avepool-{name}", dict(type="Pooling", pool="AVE", kernel_size=kernel, stride=stride, pad=pad),
                  r(2, 3, *size), lambda x, k=kernel, s=stride, p=pad: caffe_average(x, k, s, p))
    yield one("maxpool-floor", dict(type="Pooling", pool="MAX", kernel_size=3, stride=2, round_mode="FLOOR"),
              r(2, 3, 8, 6), lambda x: F.max_pool2d(x, 3, 2))
    yield one("avepool-global", dict(type="Pooling", pool="AVE", global_pooling=True), r(2, 4, 5, 7),
              lambda x: x.mean((2, 3), keepdim=True))
    yield one("maxpool-global", dict(type="Pooling", pool="MAX", global_pooling=True), r(2, 4, 5, 7),
              lambda x: x.amax((2, 3), keepdim=True))

    three = dict(x=r(2, 3, 4, 5), y=r(2, 3, 4, 5), z=r(2, 3, 4, 5))
    yield "eltwise-prod", dict(type="Eltwise", operation="PROD"), three, {}, lambda x, y, z: x * y * z
    yield ("eltwise-max", dict(type="Eltwise", operation="MAX"), three, {},
           lambda x, y, z: torch.maximum(torch.maximum(x, y), z))
    yield ("eltwise-coeff", dict(type="Eltwise", operation="SUM", coeff=[0.5, -2, 1]), three, {},
           lambda x, y, z: 0.5 * x - 2 * y + z)
    yield one("slice", dict(type="Slice", axis=1, slice_point=[1, 4]), r(2, 6, 3, 4),
              lambda x: torch.split(x, [1, 3, 2], 1))
    yield one("slice-rows", dict(type="Slice", axis=2), r(2, 3, 4, 5), lambda x: torch.split(x, 2, 2))

    yield one("power-square", dict(type="Power", power=2, scale=0.5, shift=-1), r(2, 3, 4, 5), lambda x: (0.5 * x - 1) ** 2)
    yield one("power-root", dict(type="Power", power=0.5, scale=2, shift=3), r(2, 3, 4, 5).abs(), lambda x: (2 * x + 3) ** 0.5)

    x = r(2, 3, 4, 5)
    yield ("scale", dict(type="Scale", bias_term=True), dict(x=x), dict(a=r(3), b=r(3)),
           lambda x, a, b: x * along(a, 1, 4) + along(b, 1, 4))
    yield ("scale-rows-columns", dict(type="Scale", axis=2, num_axes=-1), dict(x=x), dict(a=r(4, 5)),
           lambda x, a: x * a)
    yield ("scale-by-bottom", dict(type="Scale", axis=0), dict(x=x, y=r(2, 3)), {}, lambda x, y: x * along(y, 0, 4))
    yield ("scale-vectors", dict(type="Scale", bias_term=True), dict(x=r(4, 6)), dict(a=r(6), b=r(6)), lambda x, a, b: x * a + b)
    yield "bias", dict(type="Bias"), dict(x=x), dict(b=r(3)), lambda x, b: x + along(b, 1, 4)
    yield "bias-by-bottom", dict(type="Bias", axis=1), dict(x=x, y=r(3, 4)), {}, lambda x, y: x + along(y, 1, 4)

    yield one("flatten", dict(type="Flatten"), r(2, 3, 4, 5), lambda x: x.flatten(1))
    yield one("reshape", dict(type="Reshape", shape=dict(dim=[0, 2, -1, 3])), r(2, 3, 4, 5), lambda x: x.reshape(2, 2, 10, 3))
    yield ("inner-product-transposed", dict(type="InnerProduct", num_output=5, transpose=True), dict(x=r(3, 2, 3, 4)),
           dict(w=r(24, 5) * 0.2, b=r(5)), lambda x, w, b: x.flatten(1) @ w + b)

    yield ("deconv-dilated-grouped",
           dict(type="Deconvolution", num_output=4, kernel_size=3, stride=2, pad=1, dilation=2, group=2, bias_term=True),
           dict(x=r(2, 6, 4, 5)), dict(w=r(6, 2, 3, 3) * 0.3, b=r(4)),
           lambda x, w, b: F.conv_transpose2d(x, w, b, stride=2, padding=1, groups=2, dilation=2))

    yield ("batch-norm-stored", dict(type="BatchNorm", use_global_stats=True, eps=1e-3), dict(x=r(2, 4, 3, 5)),
           dict(mean=r(4), variance=r(4).abs() + 0.5, factor=torch.tensor([2.5])), batch_norm_stored)

    x, label = r(2, 6, 4, 5) * 2, torch.randint(0, 6, (2, 4, 5), generator=g)
    label[torch.rand(label.shape, generator=g) < 0.3] = 255
    for norm, divisor in dict(VALID=None, FULL=40, BATCH_SIZE=2, NONE=1).items():
        yield (f"loss-pixels-{norm.lower()}", dict(type="SoftmaxWithLoss", ignore_label=255, normalization=norm),
               dict(x=x, label=label), {}, lambda x, label, divisor=divisor: loss(x, label, 255, divisor))
    label = torch.randint(0, 7, (5,), generator=g)
    yield "loss-classifier", dict(type="SoftmaxWithLoss"), dict(x=r(5, 7) * 2, label=label), {}, loss
    void = torch.where(torch.rand(5, generator=g) < 0.4, 255, label)
    yield ("loss-classifier-void", dict(type="SoftmaxWithLoss", ignore_label=255), dict(x=r(5, 7, 1, 1) * 2, label=void), {},
           lambda x, label: loss(x.flatten(1), label, 255))

    x, label = r(2, 4, 5, 6) * 2, torch.randint(0, 3, (2, 5, 6), generator=g)  # of the fourth class there is no pixel
    label[torch.rand(label.shape, generator=g) < 0.3] = 255
    given = [0.25, 3.0, 0.0, 1.5]
    for name, objective, function in [
        ("weighted", dict(classWeights=given),
         lambda x, label: F.cross_entropy(x, label, torch.tensor(given), ignore_index=255)),
        ("focal", dict(gamma=2), lambda x, label: focal(x, label, 2)),
        ("focal-weighted", dict(gamma=0.5, classWeights=given), lambda x, label: focal(x, label, 0.5, given)),
        ("dice", dict(crossEntropy=False, dice=True), dice),
        ("dice-added", dict(dice=True, classWeights=given),
         lambda x, label: F.cross_entropy(x, label, torch.tensor(given), ignore_index=255) + dice(x, label, given)),
    ]:
        yield (f"loss-{name}", dict(type="SoftmaxWithLoss", ignore_label=255), dict(x=x, label=label), {}, function, objective)


def numbers_of(value):
    """float32, or int32 for labels."""
    return value.to(torch.int32) if value.dtype == torch.int64 else value.float()


def run(case, g, tensors):
    """Computes one case, adds its tensors and gives its description."""
    name, fields, inputs, params, function, *objective = case
    args = {key: value if value.dtype == torch.int64 else exact(value).requires_grad_(True)
            for key, value in {**inputs, **params}.items()}
    out = function(**args)
    tops = list(out) if isinstance(out, (list, tuple)) else [out]
    if fields["type"] == "SoftmaxWithLoss":
        out.backward()
    else:
        grads = [exact(torch.randn(top.shape, generator=g)) for top in tops]
        torch.autograd.backward(tops, grads)
        for i, grad in enumerate(grads):
            tensors[f"{name}/grad_out{i or ''}"] = grad
    for i, top in enumerate(tops):
        tensors[f"{name}/out{i or ''}"] = top.reshape(top.shape or (1,))
    for key, value in args.items():
        tensors[f"{name}/{key}"] = value
        if value.dtype != torch.int64:
            tensors[f"{name}/grad_{key}"] = torch.zeros_like(value) if value.grad is None else value.grad
    return dict(name=name, layer=fields, objective=(objective or [None])[0], inputs=list(inputs), params=list(params), tops=len(tops))


def save(path, tensors, metadata):
    header, parts, offset = {"__metadata__": metadata}, [], 0
    for name, tensor in tensors.items():
        array = numbers_of(tensor.detach()).contiguous().numpy()
        data = array.tobytes()
        kind = "I32" if array.dtype.kind == "i" else "F32"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + len(data)]}
        parts.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(parts))


def reference_cases(folder, g):
    source = importlib.util.spec_from_file_location("make_reference", folder / "make_reference.py")
    module = importlib.util.module_from_spec(source)
    source.loader.exec_module(module)
    return module.layer_cases(g)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--reference", type=pathlib.Path)
    args = parser.parse_args()
    g = torch.Generator().manual_seed(args.seed)
    tensors = {}
    cases = [run(case, g, tensors) for case in layer_cases(g)]
    if args.reference:
        cases += [run(case, g, tensors) for case in reference_cases(args.reference, g)]
    save(args.out, tensors, dict(cases=json.dumps(cases), seed=str(args.seed)))


if __name__ == "__main__":
    main()
