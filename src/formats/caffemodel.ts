// A .caffemodel: the NetParameter of caffe.proto, of which names, types and blobs are read and written.
import { AppError } from '../core/errors';
import { checkBlob, readBlob, refuseFile, type CaffeBlob } from './caffe-blob';
import { WireReader, type Refuse } from './protobuf-wire';
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
  /**
   * In the order of the file; names may occur twice, as those of the data layers of both phases do. Each is made when the
   * iteration comes to it: a record for every layer and blob would take many times the memory of a file of tiny ones.
   */
  layers: Iterable<CaffeLayer>;
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
/** Blobs of so many bytes are made once, so that what is copied or moved for them is so once; a record is little beside. */
const KEPT_BYTES = 4096;
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

/** A file that is checked at once and read, layer by layer, when it is asked. */
class Layers implements Iterable<CaffeLayer> {
  name = '';
  readonly #bytes: Uint8Array;
  readonly #refuse: Refuse;
  /** The large blobs, by where they begin. */
  #kept: Map<number, CaffeBlob> | undefined;

  constructor(bytes: Uint8Array, fileName: string, reuse: boolean) {
    this.#bytes = bytes;
    let layers = 0;
    let blobs = 0;
    let layer: LayerFields | null = null;
    const refuseThis = refuseFile(bytes, fileName, '.caffemodel', () => {
      return layer ? layer.name() || `number ${layers}` : '';
    });
    if (hdf5.every((byte, i) => bytes[i] === byte)) {
      refuseThis('hdf5', 0, 'it is an HDF5 file, which is not read: let Caffe save as BINARYPROTO');
    }
    const reader = new WireReader(bytes, refuseThis);
    while (reader.next()) {
      const { field, tagAt } = reader;
      if (field === net.name) this.name = reader.text("the network's name");
      if (field !== net.layer && field !== net.v1Layer) continue;
      if (layers++ === MAX_LAYERS) {
        refuseThis('too-many-layers', tagAt, `there are more than ${MAX_LAYERS} layers`);
      }
      layer = new LayerFields(reader.message('a layer'), field === net.v1Layer);
      for (let blob = layer.nextBlob(); blob; blob = layer.nextBlob()) {
        if (++blobs > MAX_BLOBS) {
          refuseThis('too-many-blobs', layer.tagAt, `there are more than ${MAX_BLOBS} blobs`);
        }
        if (blob.end - blob.start < KEPT_BYTES) checkBlob(blob);
        else (this.#kept ??= new Map<number, CaffeBlob>()).set(blob.start, readBlob(blob, reuse));
      }
      layer = null;
    }
    if (!layers) refuseThis('no-layers', bytes.length, 'it ends without any layer');
    this.#refuse = (_rule, at) => {
      throw new Error(`${fileName} was changed at byte ${at} after it had been checked.`);
    };
  }

  *[Symbol.iterator](): Generator<CaffeLayer, void> {
    const reader = new WireReader(this.#bytes, this.#refuse);
    while (reader.next()) {
      const { field } = reader;
      if (field !== net.layer && field !== net.v1Layer) continue;
      const layer = new LayerFields(reader.message('a layer'), field === net.v1Layer);
      const blobs: CaffeBlob[] = [];
      for (let blob = layer.nextBlob(); blob; blob = layer.nextBlob()) {
        blobs.push(this.#kept?.get(blob.start) ?? readBlob(blob, false));
      }
      yield { name: layer.name(), type: layer.type(), blobs };
    }
  }
}

/** Steps through a layer's blobs, and remembers where its name and type are. */
class LayerFields {
  readonly #reader: WireReader;
  readonly #isV1: boolean;
  #name = { start: 0, end: 0 };
  #type: { start: number; end: number } | number = 0;

  constructor(reader: WireReader, isV1: boolean) {
    this.#reader = reader;
    this.#isV1 = isV1;
  }

  /** Where the last blob's field begins. */
  get tagAt(): number {
    return this.#reader.tagAt;
  }

  name(): string {
    return this.#reader.textAt(this.#name);
  }

  /** What has been found when nextBlob() has given null. */
  type(): string {
    return typeof this.#type === 'number' ? (v1Types[this.#type] ?? '') : this.#reader.textAt(this.#type);
  }

  nextBlob(): WireReader | null {
    const reader: WireReader = this.#reader;
    const ids = this.#isV1 ? v1 : v2;
    while (reader.next()) {
      const { field, tagAt } = reader;
      if (this.#isV1 && field === v1.v0) {
        const why = 'a layer is of the form V0 of 2013: let upgrade_net_proto_binary convert it';
        reader.refuse('v0-layer', tagAt, why);
      } else if (field === ids.name) {
        this.#name = reader.range("a layer's name");
      } else if (field === ids.type) {
        const what = "a layer's type";
        this.#type = this.#isV1 ? reader.varint(what) : reader.range(what);
      } else if (field === ids.blobs) return reader.message('a blob');
    }
    return null;
  }
}

/**
 * Reads a .caffemodel with `layers` (V1) or `layer`, as Caffe has written them since 2013. All of it is checked at once;
 * its layers are made as they are asked for, and `bytes` must stay as they are until then.
 *
 * A blob that begins at a multiple of four bytes is a view of `bytes` and keeps them alive; every other is a copy of its
 * own, so that memory may come to twice the file. With `reuse` blobs of 4 KB and more need no more memory than they have:
 * see readBlob.
 * @param fileName what messages call the file.
 * @param options.reuse true where nobody else needs `bytes`, which the reading may then change, even when it fails.
 * @throws AppError 'bad-weights' with details { file, rule, offset, layer }.
 */
export function readCaffeModel(
  bytes: Uint8Array,
  fileName: string,
  options: { reuse?: boolean } = {},
): CaffeModel {
  const layers = new Layers(bytes, fileName, options.reuse ?? false);
  return { name: layers.name, layers };
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
