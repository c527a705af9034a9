"""Runs a Caffe network with OpenCV's cv2.dnn, as a second opinion about exported networks.

    opencv.py FOLDER BLOB N C H W    reads network.prototxt, weights.caffemodel and data.bin (float32, N x C x H x W) there;
                                     writes the blob to scores.bin and prints OpenCV's version and the blob's shape as JSON
"""
import json
import sys
from pathlib import Path

import cv2
import numpy

folder, blob = Path(sys.argv[1]), sys.argv[2]
shape = [int(length) for length in sys.argv[3:]]
network = cv2.dnn.readNetFromCaffe(str(folder / "network.prototxt"), str(folder / "weights.caffemodel"))
network.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
network.setInput(numpy.fromfile(folder / "data.bin", numpy.float32).reshape(shape))
scores = network.forward(blob)
scores.astype(numpy.float32).tofile(folder / "scores.bin")
print(json.dumps({"version": cv2.__version__, "shape": list(scores.shape)}))
