#!/usr/bin/env python3
"""Fifty steps of PyTorch's optimizers with accumulation, clipping and a rate and decay for each parameter, in float64.

Usage: make_solver_steps.py STEPS BATCHES CLIP PARAMETERS

PARAMETERS is a JSON list of { name, length, lrMult, decayMult }. Writes { start: { name: [...] }, gradients: { name: [step][batch][...] },
weights: { solver: { name: [...] } } }.
"""
import json
import sys

import torch

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
torch.manual_seed(5)

steps, batches, clip = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
parameters = json.loads(sys.argv[4])
start = {p["name"]: torch.randn(p["length"]) for p in parameters}
gradients = {p["name"]: torch.randn(steps, batches, p["length"]) for p in parameters}
for values in gradients.values():
    values[::3] /= 8  # small enough for the bound


def optimizer(solver, groups):
    rate, momentum = 0.01, 0.9
    if solver == "SGD":
        return torch.optim.SGD(groups(rate), momentum=momentum)
    if solver == "Nesterov":
        return torch.optim.SGD(groups(rate), momentum=momentum, nesterov=True)
    if solver == "AdaGrad":
        return torch.optim.Adagrad(groups(rate), eps=1e-8)
    if solver == "RMSProp":
        return torch.optim.RMSprop(groups(rate), alpha=0.99, eps=1e-8)
    if solver == "AdaDelta":
        return torch.optim.Adadelta(groups(1.0), rho=momentum, eps=1e-8)
    return torch.optim.Adam(groups(rate), betas=(momentum, 0.999), eps=1e-8)


def train(solver):
    tensors = {name: value.clone().requires_grad_() for name, value in start.items()}

    def groups(rate):
        return [
            {"params": [tensors[p["name"]]], "lr": rate * p["lrMult"], "weight_decay": 0.01 * p["decayMult"]}
            for p in parameters
        ]

    run = optimizer(solver, groups)
    for step in range(steps):
        for name, tensor in tensors.items():
            tensor.grad = gradients[name][step].sum(0)
        torch.nn.utils.clip_grad_norm_(tensors.values(), clip)
        for tensor in tensors.values():
            tensor.grad /= batches
        run.step()
    return {name: tensor.tolist() for name, tensor in tensors.items()}


json.dump(
    {
        "start": {name: value.tolist() for name, value in start.items()},
        "gradients": {name: value.tolist() for name, value in gradients.items()},
        "weights": {s: train(s) for s in ("SGD", "Nesterov", "AdaGrad", "RMSProp", "AdaDelta", "Adam")},
    },
    sys.stdout,
)
