"""FCN-AlexNet in PyTorch for the step benchmark: reads a number of steps per line, answers with their seconds as JSON.

Arguments: width multiplier, image width, image height, batch, classes, threads. Needs PyTorch (Debian: python3-torch).
The network is src/nets/zoo/fcn-alexnet.prototxt: grouped convolutions, pad 100, ceil pooling, LRN after pooling,
dropout, a fixed bilinear deconvolution, crop at 18; momentum SGD in Caffe's form.
"""

import json
import sys
import time

import torch
import torch.nn.functional as F

width, w, h, batch, classes, threads = float(sys.argv[1]), *map(int, sys.argv[2:7])
torch.set_num_threads(threads)
torch.manual_seed(1)


def scaled(n):
    return max(2, round(n * width / 2) * 2)


parameters = {}


def conv(name, inputs, outputs, kernel, group=1):
    fan_in = inputs // group * kernel * kernel
    parameters[name] = (
        (torch.randn(outputs, inputs // group, kernel, kernel) * (2 / fan_in) ** 0.5).requires_grad_(),
        torch.zeros(outputs).requires_grad_(),
    )


c1, c2, c3, c4, c5, c6, c7 = map(scaled, (96, 256, 384, 384, 256, 4096, 4096))
conv("conv1", 3, c1, 11)
conv("conv2", c1, c2, 5, 2)
conv("conv3", c2, c3, 3)
conv("conv4", c3, c4, 3, 2)
conv("conv5", c4, c5, 3, 2)
conv("fc6", c5, c6, 6)
conv("fc7", c6, c7, 1)
conv("score", c7, classes, 1)
line = 1 - torch.abs(torch.arange(63) / 32 - 62 / 64)
upsample = torch.outer(line, line).repeat(classes, 1, 1, 1)


def forward(x):
    x = F.relu(F.conv2d(x - 116, *parameters["conv1"], stride=4, padding=100))
    x = F.local_response_norm(F.max_pool2d(x, 3, 2, ceil_mode=True), 5, 1e-4, 0.75, 1.0)
    x = F.relu(F.conv2d(x, *parameters["conv2"], padding=2, groups=2))
    x = F.local_response_norm(F.max_pool2d(x, 3, 2, ceil_mode=True), 5, 1e-4, 0.75, 1.0)
    x = F.relu(F.conv2d(x, *parameters["conv3"], padding=1))
    x = F.relu(F.conv2d(x, *parameters["conv4"], padding=1, groups=2))
    x = F.relu(F.conv2d(x, *parameters["conv5"], padding=1, groups=2))
    x = F.max_pool2d(x, 3, 2, ceil_mode=True)
    x = F.dropout(F.relu(F.conv2d(x, *parameters["fc6"])), 0.5)
    x = F.dropout(F.relu(F.conv2d(x, *parameters["fc7"])), 0.5)
    x = F.conv_transpose2d(F.conv2d(x, *parameters["score"]), upsample, stride=32, groups=classes)
    return x[:, :, 18 : 18 + h, 18 : 18 + w]


learned = [blob for pair in parameters.values() for blob in pair]
velocity = [torch.zeros_like(blob) for blob in learned]
images = torch.randint(0, 256, (batch, 3, h, w)).float()
labels = torch.randint(0, classes, (batch, h, w))


def step():
    start = time.perf_counter()
    loss = F.cross_entropy(forward(images), labels)
    gradients = torch.autograd.grad(loss, learned)
    with torch.no_grad():
        for blob, v, g in zip(learned, velocity, gradients):
            v.mul_(0.9).add_(g + 5e-4 * blob, alpha=1e-6)
            blob -= v
    loss.item()
    return time.perf_counter() - start


step()
print(json.dumps(torch.__version__), flush=True)
for line in sys.stdin:
    print(json.dumps([step() for _ in range(int(line))]), flush=True)
