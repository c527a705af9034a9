"""Writes one frame of each SYNTHIA subset at its real size, in every encoding of its labels, and the ids as raw bytes.

Colour labels are written by Pillow; the 16-bit ones, which Pillow cannot write, by the few lines of PNG below.
"""
import json
import os
import struct
import sys
import zlib

import numpy as np
from PIL import Image

root = sys.argv[1]
tables = json.load(open(sys.argv[2]))


def save(path, write):
    os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
    write(os.path.join(root, path))


def png16(path, channels):
    height, width, _ = channels.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in channels)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))


def frame(seed, width, height, ids):
    random = np.random.RandomState(seed)
    blocks = random.choice(ids, size=((height + 15) // 16, (width + 15) // 16))
    return np.kron(blocks, np.ones((16, 16), int))[:height, :width].astype(np.uint16)


def colours(labels, table):
    palette = np.zeros((256, 3), np.uint8)
    for key, colour in table.items():
        palette[int(key)] = colour
    return Image.fromarray(palette[labels])


def instances(labels):
    number = (np.arange(labels.size).reshape(labels.shape) // 977 % 5000).astype(np.uint16)
    return np.stack([labels, number, np.zeros_like(labels)], axis=2)


def picture(labels):
    noise = np.random.RandomState(1).randint(0, 40, labels.shape + (3,))
    return Image.fromarray((labels[..., None] * 9 + noise).clip(0, 255).astype(np.uint8))


for seed, (subset, size, name) in enumerate([
    ("rand", (960, 720), "ap_000_01-11-2015_19-20-57_000000_0_Rand_0"),
    ("rand-cityscapes", (1280, 760), "0000000"),
    ("seqs", (1280, 760), "Stereo_Left/Omni_F/000000"),
    ("sf", (1920, 1080), "000000"),
    ("al", (640, 480), "000000"),
]):
    table = tables[subset]
    labels = frame(seed, *size, sorted(int(key) for key in table))
    save(f"{subset}.ids", lambda path: labels.astype(np.uint8).tofile(path))
    image = picture(labels)
    if subset == "rand":
        save(f"rand/RGB/{name}.png", image.save)
        save(f"rand/GT/{name}.png", colours(labels, table).save)
        save(f"rand/GTTXT/{name}.txt", lambda path: np.savetxt(path, labels, fmt="%d"))
    elif subset in ("rand-cityscapes", "seqs"):
        save(f"{subset}/RGB/{name}.png", image.save)
        save(f"{subset}/GT/COLOR/{name}.png", colours(labels, table).save)
        save(f"{subset}/GT/LABELS/{name}.png", lambda path: png16(path, instances(labels)))
        save(f"{subset}/Depth/{name}.png", image.save)
    else:
        rgb, gt = ("RGBLeft", "GTLeft") if subset == "sf" else ("RGB", "SemSeg")
        save(f"{subset}/{rgb}/{name}.png", image.save)
        save(f"{subset}/{gt}/{name}.png", colours(labels, table).save)
        # The same with the class in the first of three channels.
        save(f"{subset}-ids/{rgb}/{name}.png", image.save)
        save(f"{subset}-ids/{gt}/{name}.png", lambda path: png16(path, instances(labels)))
