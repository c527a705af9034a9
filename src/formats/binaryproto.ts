// A mean file of Caffe (compute_image_mean, DIGITS): one BlobProto with the mean of every pixel of a training set.
import { readBlob, refuseFile } from './caffe-blob';
import { WireReader } from './protobuf-wire';

/** Planes of height x width values from 0 to 255, one per channel in the order of the training images, mostly BGR. */
export interface MeanImage {
  channels: number;
  height: number;
  width: number;
  data: Float32Array;
}

/**
 * Reads a .binaryproto; its data may be a view of `bytes`.
 * @throws AppError 'bad-weights' with details { file, rule, offset, layer }.
 */
export function readMeanFile(bytes: Uint8Array, fileName: string): MeanImage {
  const refuse = refuseFile(bytes, fileName, '.binaryproto', () => '');
  const { shape, data } = readBlob(new WireReader(bytes, refuse), false);
  // The old form has a count of images in front, which is 1.
  const sizes = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [channels = 0, height = 0, width = 0] = sizes;
  if (sizes.length !== 3 || !data.length) {
    refuse(
      'bad-shape',
      0,
      `the mean has the shape ${shape.join(' x ')} instead of channels x height x width`,
    );
  }
  return { channels, height, width, data };
}

/** The mean of each channel, what is subtracted where images have another size than the mean. */
export function channelMeans({ channels, height, width, data }: MeanImage): number[] {
  const plane = height * width;
  return Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = channel * plane; i < (channel + 1) * plane; i++) sum += data[i]!;
    return sum / plane;
  });
}
