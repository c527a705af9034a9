"""Decodes and resizes pairs with Pillow on one core, as an import does, and prints the seconds of processor time that it took.

python3 pillow_import.py IMAGES LABELS WIDTH HEIGHT
"""
import os
import sys
import time

from PIL import Image, __version__

images, labels, width, height = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {0})
start = time.process_time()
for name in sorted(os.listdir(images)):
    with Image.open(os.path.join(images, name)) as image:
        image.convert("RGB").resize((width, height), Image.BILINEAR).tobytes()
    with Image.open(os.path.join(labels, name)) as label:
        label.resize((width, height), Image.NEAREST).tobytes()
print(__version__, time.process_time() - start)
