"""A small classifier's weights as .caffemodel files, made with Google's Protocol Buffers: v1.caffemodel, v2.caffemodel.

    make_classifier.py FOLDER

Value i of blob b of layer l is 100 l + 10 b + i / 1000.
"""
import sys
from pathlib import Path

from make_caffemodel import CLASSES

# Names, types by name and by the old number, and the shapes of weights and biases.
LAYERS = [
    ("conv1", "Convolution", 4, [(4, 3, 3, 3), (4,)]),
    ("relu1", "ReLU", 18, []),
    ("fc6", "InnerProduct", 14, [(5, 64), (5,)]),
    ("fc8", "InnerProduct", 14, [(10, 5), (10,)]),
]


def count(shape):
    return shape[0] * count(shape[1:]) if shape else 1


def blob(shape, start, v1):
    message = CLASSES["UnpackedBlob" if v1 else "PackedBlob"]()
    if v1:
        # Every blob had four axes.
        message.num, message.channels, message.height, message.width = (1,) * (4 - len(shape)) + shape
    else:
        message.shape.dim.extend(shape)
    message.data.extend(start + i / 1000 for i in range(count(shape)))
    return message.SerializeToString()


def network(v1):
    net = CLASSES["Net"](name="classifier")
    for l, (name, kind, number, shapes) in enumerate(LAYERS):
        layer = net.layers.add(type=number) if v1 else net.layer.add(type=kind)
        layer.name = name
        layer.blobs.extend(blob(shape, 100 * l + 10 * b, v1) for b, shape in enumerate(shapes))
    return net.SerializeToString()


folder = Path(sys.argv[1])
(folder / "v1.caffemodel").write_bytes(network(True))
(folder / "v2.caffemodel").write_bytes(network(False))
