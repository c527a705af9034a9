// A network trained as a user of TensorFlow.js would write it: plain operations, tf.variableGrads and its momentum optimizer.
import * as tf from '@tensorflow/tfjs';
import type { ConvolutionSpec, LayerSpec, NetSpec, PoolingSpec } from '../../src/nets/spec';
import type { WeightSet } from '../../src/nets/weights';
import { lossOf, rates, type Problem, type Trainer } from './problem';

/** Variables of what learns, constants of the rest, by "layer/index"; a convolution's filters are KH x KW x I x O. */
type Weights = ReadonlyMap<string, tf.Tensor>;

function upload({ layers }: NetSpec, weights: WeightSet): Weights {
  const uploaded = new Map<string, tf.Tensor>();
  for (const layer of layers) {
    for (let i = 0; weights.has(`${layer.name}/${i}`); i++) {
      const { shape, data } = weights.get(`${layer.name}/${i}`)!;
      const value = tf.tidy(() => {
        const blob = tf.tensor(data, [...shape]);
        return layer.type === 'Convolution' && i === 0 ? blob.transpose([2, 3, 1, 0]) : blob;
      });
      const learns = layer.params[i]?.lrMult !== 0;
      uploaded.set(`${layer.name}/${i}`, learns ? tf.variable(value) : value);
      if (learns) value.dispose();
    }
  }
  return uploaded;
}

function convolution(
  spec: ConvolutionSpec,
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  bias: tf.Tensor,
): tf.Tensor4D {
  const { stride, pad, group } = spec;
  const strides: [number, number] = [stride[0], stride[1]];
  const convolve = (input: tf.Tensor4D, part: tf.Tensor4D, partBias: tf.Tensor) =>
    tf.fused.conv2d<tf.Tensor4D>({
      x: input,
      filter: part,
      strides,
      pad: pad[0],
      dimRoundingMode: 'floor',
      bias: partBias,
    });
  if (group === 1) return convolve(x, filter, bias);
  const inputs = tf.split<tf.Tensor4D>(x, group, 3);
  const filters = tf.split<tf.Tensor4D>(filter, group, 3);
  const biases = tf.split(bias, group);
  const parts = inputs.map((input, g) => convolve(input, filters[g]!, biases[g]!));
  return tf.concat4d(parts, 3);
}

/** The library's pooling rounds down where it goes backward; Caffe's rounds up. No activation is negative here, so zeros do no harm. */
function maximum({ kernel, stride }: PoolingSpec, x: tf.Tensor4D): tf.Tensor4D {
  const beyond = [0, 1].map((axis) => {
    const length = x.shape[axis + 1]!;
    const outputs = Math.ceil((length - kernel[axis]!) / stride[axis]!) + 1;
    return (outputs - 1) * stride[axis]! + kernel[axis]! - length;
  });
  const padded = tf.pad(x, [
    [0, 0],
    [0, beyond[0]!],
    [0, beyond[1]!],
    [0, 0],
  ]);
  return tf.maxPool(padded, [kernel[0], kernel[1]], [stride[0], stride[1]], 'valid');
}

/** Each channel upsampled alone: as so many images of one channel, which is far cheaper than a filter from every channel to every other. */
function upsampling({ kernel, stride }: ConvolutionSpec, x: tf.Tensor4D, weight: tf.Tensor): tf.Tensor4D {
  const [n, h, w, c] = x.shape;
  const [height, width] = [(h - 1) * stride[0] + kernel[0], (w - 1) * stride[1] + kernel[1]];
  const filter = tf.slice(weight, [0, 0, 0, 0], [1, 1, -1, -1]).reshape<tf.Tensor4D>([...kernel, 1, 1]);
  const images = x.transpose([0, 3, 1, 2]).reshape<tf.Tensor4D>([n * c, h, w, 1]);
  const strides: [number, number] = [stride[0], stride[1]];
  const scaled = tf.conv2dTranspose(images, filter, [n * c, height, width, 1], strides, 'valid');
  return scaled.reshape<tf.Tensor4D>([n, c, height, width]).transpose([0, 2, 3, 1]);
}

function forward(layer: LayerSpec, [x, second]: tf.Tensor4D[], weights: Weights): tf.Tensor4D {
  const weight = (i: number) => weights.get(`${layer.name}/${i}`)!;
  switch (layer.type) {
    case 'Power':
      return tf.add(tf.mul(x!, layer.scale), layer.shift);
    case 'Convolution':
      return convolution(layer, x!, weight(0) as tf.Tensor4D, weight(1));
    case 'ReLU':
      return tf.relu(x!);
    case 'LRN':
      return tf.localResponseNormalization(
        x!,
        (layer.localSize - 1) / 2,
        layer.k,
        layer.alpha / layer.localSize,
        layer.beta,
      );
    case 'Pooling':
      return maximum(layer, x!);
    case 'Dropout':
      return x!;
    case 'Deconvolution':
      return upsampling(layer, x!, weight(0));
    case 'Crop': {
      const [, height, width] = second!.shape;
      const [top, left] = [layer.offset[0]!, layer.offset.at(-1)!];
      return tf.slice(x!, [0, top, left, 0], [-1, height, width, -1]);
    }
    case 'Eltwise':
      return tf.add(x!, second!);
    default:
      throw new Error(`This benchmark has not written a ${layer.type} layer with plain operations.`);
  }
}

function scoresOf(spec: NetSpec, data: tf.Tensor4D, weights: Weights): tf.Tensor4D {
  const blobs = new Map([['data', data]]);
  for (const layer of spec.layers) {
    if (layer.type === 'SoftmaxWithLoss') return blobs.get(layer.bottoms[0]!)!;
    const bottoms = layer.bottoms.map((name) => blobs.get(name)!);
    blobs.set(layer.tops[0]!, forward(layer, bottoms, weights));
  }
  throw new Error('The network has no loss.');
}

export function autodiffTrainer({ spec, weights: initial, pixels, labels, request }: Problem): Trainer {
  const { batch, size, classes } = request;
  const ignored = lossOf(spec).ignoreLabel ?? -1;
  const weights = upload(spec, initial);
  const optimizer = tf.train.momentum(rates.learningRate, rates.momentum);
  const lossOfBatch = (data: tf.Tensor4D, truth: tf.Tensor1D): tf.Scalar => {
    const scores = scoresOf(spec, data, weights);
    const counted = tf.notEqual(truth, ignored).toFloat();
    return tf.losses.softmaxCrossEntropy(
      tf.oneHot(truth, classes),
      scores.reshape([-1, classes]),
      counted,
      0,
      tf.Reduction.SUM_BY_NONZERO_WEIGHTS,
    );
  };
  return {
    async step() {
      const data = tf.tensor4d(pixels, [batch, size.height, size.width, 3]);
      const truth = tf.tensor1d(labels, 'int32');
      const { value, grads } = tf.variableGrads(() => lossOfBatch(data, truth));
      optimizer.applyGradients(Object.entries(grads).map(([name, tensor]) => ({ name, tensor })));
      tf.dispose([data, truth, ...Object.values(grads)]);
      const [loss] = await value.data();
      value.dispose();
      return loss!;
    },
    dispose() {
      optimizer.dispose();
      tf.dispose([...weights.values()]);
    },
  };
}
