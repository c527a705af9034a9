"""Prints, for each PNG named, what Pillow decodes: mode, size and a CRC-32 of its bytes; or the error.

Pillow widens grey below 8 bits to 0..255, keeps the high byte of 16-bit colours, and gives palette indices and 16-bit
grey as they are; the test brings its own samples into the same form.
"""
import json
import sys
import zlib

from PIL import Image

found = {}
for name in sys.argv[1:]:
    try:
        with Image.open(name) as image:
            image.load()
            if image.mode == "1":
                image = image.convert("L")
            if image.mode.startswith("I"):
                data = b"".join(int(v).to_bytes(2, "big") for v in image.getdata())
                mode = "I"
            else:
                data, mode = image.tobytes(), image.mode
            found[name] = {"mode": mode, "size": list(image.size), "crc": zlib.crc32(data)}
    except Exception as error:  # the test asks which files fail, not how
        found[name] = {"error": str(error)}
print(json.dumps(found))
