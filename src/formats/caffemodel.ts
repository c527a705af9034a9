// A .caffemodel: the NetParameter of caffe.proto, of which names, types and blobs are read and written.
import { AppError } from '../core/errors';
import { readBlob, refuseFile, type CaffeBlob } from './caffe-blob';
import { WireReader } from './protobuf-wire';
import {
  encodeParts,
  floatsPart,
  messagePart,
  textPart,
  varintsPart,
  type WirePart,
} from './protobuf-writer';

/** A layer with its parameters in Caffe's order, most often weights and bias; layers without any are listed too. */
export interface CaffeLayer {
  name: string;
  /** Caffe's name of the type, "Convolution"; empty where the file has none or a number that Caffe does not know. */
  type: string;
  blobs: CaffeBlob[];
}

export interface CaffeModel {
  name: string;
  /** In the order of the file; names may occur twice, as those of the data layers of both phases do. */
  layers: CaffeLayer[];
}

/** A layer to be written. */
export interface WritableLayer {
  name: string;
  type: string;
  bottoms?: readonly string[];
  tops?: readonly string[];
  blobs: readonly { shape: readonly number[]; data: Float32Array }[];
}

/** A ResNet of 152 layers has under 1,000 of Caffe's layers and 2,000 blobs. */
const MAX_LAYERS = 10_000;
const MAX_BLOBS = 20_000;
/** What Protocol Buffers' own readers take. */
const MAX_FILE_BYTES = 2 ** 31 - 1;

const net = { name: 1, v1Layer: 2, layer: 100 } as const;
const v2 = { name: 1, type: 2, bottom: 3, top: 4, blobs: 7 } as const;
const v1 = { v0: 1, name: 4, type: 5, blobs: 6 } as const;

/** V1LayerParameter's LayerType by number, under the names that upgrade_proto.cpp gives the types. */
const v1Types = [
  ...[
    '',
    'Accuracy',
    'BNLL',
    'Concat',
    'Convolution',
    'Data',
    'Dropout',
    'EuclideanLoss',
    'Flatten',
    'HDF5Data',
  ],
  ...['HDF5Output', 'Im2col', 'ImageData', 'InfogainLoss', 'InnerProduct', 'LRN', 'MultinomialLogisticLoss'],
  ...['Pooling', 'ReLU', 'Sigmoid', 'Softmax', 'SoftmaxWithLoss', 'Split', 'TanH', 'WindowData', 'Eltwise'],
  ...[
    'Power',
    'SigmoidCrossEntropyLoss',
    'HingeLoss',
    'MemoryData',
    'ArgMax',
    'Threshold',
    'DummyData',
    'Slice',
  ],
  ...['MVN', 'AbsVal', 'Silence', 'ContrastiveLoss', 'Exp', 'Deconvolution'],
];

const hdf5 = [0x89, 0x48, 0x44, 0x46];

/**
 * Reads a .caffemodel with `layers` (V1) or `layer`, as Caffe has written them since 2013.
 *
 * A blob that begins at a multiple of four bytes is a view of `bytes` and keeps them alive; every other is a copy of its
 * own, so that memory may come to twice the file. With `reuse` a large file needs no more memory than it has: see readBlob.
 * @param fileName what messages call the file.
 * @param options.reuse true where nobody else needs `bytes`, which the reading may then change, even when it fails.
 * @throws AppError 'bad-weights' with details { file, rule, offset, layer }.
 */
export function readCaffeModel(
  bytes: Uint8Array,
  fileName: string,
  options: { reuse?: boolean } = {},
): CaffeModel {
  let inLayer = '';
  const refuse = refuseFile(bytes, fileName, '.caffemodel', () => inLayer);
  if (hdf5.every((byte, i) => bytes[i] === byte)) {
    refuse('hdf5', 0, 'it is an HDF5 file, which is not read: let Caffe save as BINARYPROTO');
  }
  const model: CaffeModel = { name: '', layers: [] };
  let blobs = 0;

  const readLayer = (reader: WireReader, isV1: boolean): CaffeLayer => {
    const ids = isV1 ? v1 : v2;
    const layer: CaffeLayer = { name: '', type: '', blobs: [] };
    inLayer = `number ${model.layers.length + 1}`;
    while (reader.next()) {
      const { field, tagAt } = reader;
      if (isV1 && field === v1.v0) {
        refuse(
          'v0-layer',
          tagAt,
          'a layer is of the form V0 of 2013: let upgrade_net_proto_binary convert it',
        );
      } else if (field === ids.name) {
        layer.name = reader.text("a layer's name");
        inLayer = layer.name || inLayer;
      } else if (field === ids.type) {
        layer.type = isV1 ? (v1Types[reader.varint("a layer's type")] ?? '') : reader.text("a layer's type");
      } else if (field === ids.blobs) {
        if (++blobs > MAX_BLOBS) refuse('too-many-blobs', tagAt, `there are more than ${MAX_BLOBS} blobs`);
        layer.blobs.push(readBlob(reader.message('a blob'), options.reuse ?? false));
      }
    }
    inLayer = '';
    return layer;
  };

  const reader = new WireReader(bytes, refuse);
  while (reader.next()) {
    const { field, tagAt } = reader;
    if (field === net.name) model.name = reader.text("the network's name");
    if (field !== net.layer && field !== net.v1Layer) continue;
    if (model.layers.length === MAX_LAYERS) {
      refuse('too-many-layers', tagAt, `there are more than ${MAX_LAYERS} layers`);
    }
    model.layers.push(readLayer(reader.message('a layer'), field === net.v1Layer));
  }
  if (!model.layers.length) refuse('no-layers', bytes.length, 'it ends without any layer');
  return model;
}

/** The fields in the order of their numbers, as Caffe writes them, with the data packed. */
function blobPart({ shape, data }: WritableLayer['blobs'][number]): WirePart {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (wanted !== data.length) throw new Error(`shape ${shape.join(' x ')} has not ${data.length} values`);
  return messagePart(v2.blobs, [
    floatsPart(5, data),
    messagePart(7, shape.length ? [varintsPart(1, shape)] : []),
  ]);
}

/**
 * Writes a .caffemodel for Caffe and OpenCV, which both find their layers by name: LayerParameter, BlobShape, floats.
 * @throws AppError 'bad-weights' where it would have 2 GiB or more, which Protocol Buffers cannot read.
 */
export function writeCaffeModel(name: string, layers: readonly WritableLayer[]): Uint8Array<ArrayBuffer> {
  const parts = layers.map((layer) =>
    messagePart(net.layer, [
      textPart(v2.name, layer.name),
      textPart(v2.type, layer.type),
      ...(layer.bottoms ?? []).map((bottom) => textPart(v2.bottom, bottom)),
      ...(layer.tops ?? []).map((top) => textPart(v2.top, top)),
      ...layer.blobs.map(blobPart),
    ]),
  );
  const all = [textPart(net.name, name), ...parts];
  const sizeBytes = all.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (sizeBytes > MAX_FILE_BYTES) {
    throw new AppError(
      'bad-weights',
      `${name} would have ${sizeBytes} bytes as a .caffemodel, which can have at most ${MAX_FILE_BYTES}. Save it as .safetensors.`,
      { sizeBytes },
    );
  }
  return encodeParts(all);
}
