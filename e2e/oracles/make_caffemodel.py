"""Caffe's binary files, made and read with Google's own Protocol Buffers, as a second opinion about src/formats.

    make_caffemodel.py write FOLDER    writes .caffemodel and .binaryproto files; prints what is in them as JSON
    make_caffemodel.py read FILE       prints what is in a .caffemodel as JSON

The messages are declared here with the field numbers of BVLC's caffe.proto; no protoc is needed.
"""
import json
import random
import struct
import sys
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

Field = descriptor_pb2.FieldDescriptorProto
TYPES = {
    "int32": Field.TYPE_INT32,
    "int64": Field.TYPE_INT64,
    "enum": Field.TYPE_INT32,  # The same on the wire.
    "bool": Field.TYPE_BOOL,
    "float": Field.TYPE_FLOAT,
    "double": Field.TYPE_DOUBLE,
    "string": Field.TYPE_STRING,
    "bytes": Field.TYPE_BYTES,
}


def blob_fields(packed):
    kind = "packed" if packed else "repeated"
    return [
        (7, "optional", "BlobShape", "shape"),
        (5, kind, "float", "data"),
        (6, kind, "float", "diff"),
        (8, kind, "double", "double_data"),
        (9, kind, "double", "double_diff"),
        (1, "optional", "int32", "num"),
        (2, "optional", "int32", "channels"),
        (3, "optional", "int32", "height"),
        (4, "optional", "int32", "width"),
    ]


# Blobs are declared as bytes where a layer keeps them, so that each may be a packed one, another one, or both in a row.
MESSAGES = {
    "BlobShape": [(1, "packed", "int64", "dim")],
    "PackedBlob": blob_fields(True),
    "UnpackedBlob": blob_fields(False),
    "Filler": [(1, "optional", "string", "type"), (5, "optional", "float", "mean")],
    "Convolution": [(1, "optional", "int32", "num_output"), (7, "optional", "Filler", "weight_filler")],
    "StateRule": [(1, "optional", "enum", "phase"), (4, "repeated", "string", "stage")],
    "V0Layer": [(1, "optional", "string", "name"), (2, "optional", "string", "type")],
    "V1Layer": [
        (1, "optional", "V0Layer", "layer"),
        (2, "repeated", "string", "bottom"),
        (3, "repeated", "string", "top"),
        (4, "optional", "string", "name"),
        (5, "optional", "enum", "type"),
        (6, "repeated", "bytes", "blobs"),
        (7, "repeated", "float", "blobs_lr"),
        (10, "optional", "Convolution", "convolution_param"),
        (32, "repeated", "StateRule", "include"),
        (1001, "repeated", "string", "param"),
    ],
    "Layer": [
        (1, "optional", "string", "name"),
        (2, "optional", "string", "type"),
        (3, "repeated", "string", "bottom"),
        (4, "repeated", "string", "top"),
        (5, "repeated", "float", "loss_weight"),
        (7, "repeated", "bytes", "blobs"),
        (8, "repeated", "StateRule", "include"),
        (10, "optional", "enum", "phase"),
        (11, "repeated", "bool", "propagate_down"),
        (106, "optional", "Convolution", "convolution_param"),
    ],
    "Net": [
        (1, "optional", "string", "name"),
        (2, "repeated", "V1Layer", "layers"),
        (3, "repeated", "string", "input"),
        (4, "repeated", "int32", "input_dim"),
        (5, "optional", "bool", "force_backward"),
        (8, "repeated", "BlobShape", "input_shape"),
        (100, "repeated", "Layer", "layer"),
    ],
}


def declare():
    file = descriptor_pb2.FileDescriptorProto(name="oracle.proto", package="oracle", syntax="proto2")
    for name, fields in MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, label, kind, field in fields:
            entry = message.field.add(name=field, number=number)
            entry.label = Field.LABEL_OPTIONAL if label == "optional" else Field.LABEL_REPEATED
            if kind in MESSAGES:
                entry.type = Field.TYPE_MESSAGE
                entry.type_name = ".oracle." + kind
            else:
                entry.type = TYPES[kind]
            if label == "packed":
                entry.options.packed = True
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = [pool.FindMessageTypeByName("oracle." + name) for name in MESSAGES]
    if hasattr(message_factory, "GetMessageClass"):
        return {each.name: message_factory.GetMessageClass(each) for each in found}
    factory = message_factory.MessageFactory(pool)
    return {each.name: factory.GetPrototype(each) for each in found}


CLASSES = declare()
numbers = random.Random(20130101)


def values(count, kind="f"):
    """Numbers of many sizes, rounded to what the file can hold."""
    made = [numbers.uniform(-1, 1) * 10 ** numbers.randint(-30, 30) for _ in range(count)]
    return [struct.unpack("<" + kind, struct.pack("<" + kind, value))[0] for value in made]


def size(shape):
    count = 1
    for dim in shape:
        count *= dim
    return count


def blob(shape, packed=True, legacy=False, double=False, diff=False):
    """The bytes of a blob, and what a reader should find in it."""
    message = CLASSES["PackedBlob" if packed else "UnpackedBlob"]()
    if legacy:
        message.num, message.channels, message.height, message.width = shape
    else:
        message.shape.dim.extend(shape)
    data = values(size(shape), "d" if double else "f")
    (message.double_data if double else message.data).extend(data)
    # A reader rounds doubles to floats; what values() gives is small enough for one.
    data = [struct.unpack("<f", struct.pack("<f", value))[0] for value in data]
    if diff:
        (message.double_diff if double else message.diff).extend(values(size(shape)))
    return message.SerializeToString(), {"shape": list(shape), "data": data}


def mixed(shape):
    """A blob whose first half is packed and whose second half is not, and whose last value is a third piece."""
    data = values(size(shape))
    half = len(data) // 2
    first = CLASSES["PackedBlob"](data=data[:half])
    second = CLASSES["UnpackedBlob"](data=data[half:-1])
    third = CLASSES["PackedBlob"](data=data[-1:])
    third.shape.dim.extend(shape)
    pieces = [piece.SerializeToString() for piece in (first, second, third)]
    return b"".join(pieces), {"shape": list(shape), "data": data}


def network(v1, blobs):
    """A network with one convolution for each of `blobs`, between layers without any, and what a reader should find."""
    net = CLASSES["Net"](name="Zürich 道", force_backward=True, input=["data"], input_dim=[1, 3, 9, 9])
    expected = []

    def add(name, kind, number, contents):
        layer = net.layers.add(type=number) if v1 else net.layer.add(type=kind, phase=1)
        layer.name = name
        layer.bottom.append("below")
        layer.top.append(name)
        layer.include.add(phase=0, stage=["train", "a" * 200])
        layer.convolution_param.weight_filler.type = "xavier"
        layer.blobs.extend(raw for raw, _ in contents)
        expected.append({"name": name, "type": kind, "blobs": [found for _, found in contents]})

    add("data", "Data", 5, [])
    for i, contents in enumerate(blobs):
        # Names of all lengths, so that the data begin at every offset modulo 4.
        add("conv" + "x" * i, "Convolution", 4, contents)
    add("score", "Deconvolution", 39, [])
    add("loss", "SoftmaxWithLoss", 21, [])
    return net.SerializeToString(), {"name": net.name, "layers": expected}


def write(folder):
    weights, bias = (4, 3, 2, 5), (7,)
    files = {
        "v2-packed": network(False, [[blob(weights), blob(bias)] for _ in range(4)]),
        "v2-unpacked": network(False, [[blob(weights, packed=False), blob(bias, packed=False)] for _ in range(2)]),
        "v2-mixed": network(False, [[mixed(weights)], [blob((2, 0, 3)), blob((), packed=False)]]),
        "v2-double": network(False, [[blob(weights, double=True), blob(bias, packed=False, double=True)]]),
        "v2-snapshot": network(False, [[blob(weights, diff=True), blob(bias, packed=False, double=True, diff=True)]]),
        "v1-packed": network(True, [[blob(weights, legacy=True), blob((1, 1, 1, 7), legacy=True)] for _ in range(4)]),
        "v1-unpacked": network(True, [[blob(weights, packed=False, legacy=True, diff=True)], [mixed(weights)]]),
        "v1-double": network(True, [[blob(weights, legacy=True, double=True)]]),
    }
    expected = {}
    for name, (raw, found) in files.items():
        (folder / (name + ".caffemodel")).write_bytes(raw)
        expected[name] = found

    old = CLASSES["Net"](name="old")
    old.layers.add().layer.name = "conv1"
    (folder / "v0.caffemodel").write_bytes(old.SerializeToString())

    raw, found = blob((1, 3, 4, 5), legacy=True)
    (folder / "mean.binaryproto").write_bytes(raw)
    expected["mean"] = found
    json.dump(expected, sys.stdout)


def read(path):
    raw = path.read_bytes()
    net = CLASSES["Net"].FromString(raw)
    layers = []
    same = net.SerializeToString() == raw
    for layer in net.layer:
        blobs = [CLASSES["PackedBlob"].FromString(each) for each in layer.blobs]
        same = same and [each.SerializeToString() for each in blobs] == list(layer.blobs)
        layers.append(
            {
                "name": layer.name,
                "type": layer.type,
                "bottoms": list(layer.bottom),
                "tops": list(layer.top),
                "blobs": [{"shape": list(each.shape.dim), "data": list(each.data)} for each in blobs],
            }
        )
    json.dump({"name": net.name, "layers": layers, "canonical": same}, sys.stdout)


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](Path(sys.argv[2]))
