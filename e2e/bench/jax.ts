// The same network in jax-js, its whole step compiled by jit: N x C x H x W, weights in Caffe's order.
import {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy as np,
  tree,
  valueAndGrad,
} from '@jax-js/jax';
import type { ConvolutionSpec, LayerSpec, LrnSpec, NetSpec, PoolingSpec } from '../../src/nets/spec';
import { lossOf, rates, type Problem, type Trainer } from './problem';

type Tensors = Record<string, np.Array>;

function convolution({ stride, pad, group }: ConvolutionSpec, x: np.Array, filter: np.Array, bias: np.Array) {
  const padding: [number, number][] = [
    [pad[0], pad[0]],
    [pad[1], pad[1]],
  ];
  const y = lax.convGeneralDilated(x, filter, [...stride], padding, { featureGroupCount: group });
  return y.add(bias.reshape([1, -1, 1, 1]));
}

/** Caffe's pooling rounds up. No activation is negative here, so zeros do no harm. */
function maximum({ kernel, stride }: PoolingSpec, x: np.Array): np.Array {
  const beyond = [0, 1].map((axis): [number, number] => {
    const length = x.shape[axis + 2]!;
    const outputs = Math.ceil((length - kernel[axis]!) / stride[axis]!) + 1;
    return [0, (outputs - 1) * stride[axis]! + kernel[axis]! - length];
  });
  return lax.reduceWindow(np.pad(x, [[0, 0], [0, 0], ...beyond]), np.max, [...kernel], [...stride]);
}

function normalization({ localSize, alpha, beta, k }: LrnSpec, x: np.Array): np.Array {
  const channels = x.shape[1]!;
  const half = (localSize - 1) / 2;
  const squares = np.pad(np.square(x.ref), [
    [0, 0],
    [half, half],
    [0, 0],
    [0, 0],
  ]);
  let sum = squares.ref.slice([], [0, channels]);
  for (let i = 1; i < localSize; i++) sum = sum.add(squares.ref.slice([], [i, i + channels]));
  squares.dispose();
  return x.mul(np.power(sum.mul(alpha / localSize).add(k), -beta));
}

/** Each channel upsampled alone, as so many images of one channel. */
function upsampling({ kernel, stride }: ConvolutionSpec, x: np.Array, weight: np.Array): np.Array {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const [height, width] = [(h - 1) * stride[0] + kernel[0], (w - 1) * stride[1] + kernel[1]];
  const filter = weight.slice([0, 1], [0, 1]);
  const images = x.reshape([n * c, 1, h, w]);
  const scaled = lax.convTranspose(images, filter, [...stride], 'VALID', { transposeKernel: true });
  return scaled.reshape([n, c, height, width]);
}

/** Consumes its tensors, as functions of this library do. */
function forward(layer: LayerSpec, [x, second]: np.Array[], weights: np.Array[]): np.Array {
  switch (layer.type) {
    case 'Power':
      return x!.mul(layer.scale).add(layer.shift);
    case 'Convolution':
      return convolution(layer, x!, weights[0]!, weights[1]!);
    case 'ReLU':
      return nn.relu(x!);
    case 'LRN':
      return normalization(layer, x!);
    case 'Pooling':
      return maximum(layer, x!);
    case 'Deconvolution':
      return upsampling(layer, x!, weights[0]!);
    case 'Dropout':
      return x!;
    case 'Crop': {
      const [height, width] = second!.shape.slice(2) as [number, number];
      const [top, left] = [layer.offset[0]!, layer.offset.at(-1)!];
      second!.dispose();
      return x!.slice([], [], [top, top + height], [left, left + width]);
    }
    case 'Eltwise':
      return x!.add(second!);
    default:
      throw new Error(`This benchmark has not written a ${layer.type} layer for jax-js.`);
  }
}

/** Mean cross-entropy of the pixels that count; `truth` is N*H*W, `counted` 1 or 0 for each. */
function lossOfBatch(
  spec: NetSpec,
  classes: number,
  weights: Tensors,
  data: np.Array,
  truth: np.Array,
  counted: np.Array,
): np.Array {
  const blobs = new Map([['data', data]]);
  const loss = lossOf(spec);
  for (const layer of spec.layers) {
    if (layer.type === 'SoftmaxWithLoss') break;
    const bottoms = layer.bottoms.map((name) => blobs.get(name)!.ref);
    const own = layer.params.length ? layer.params.map((_, i) => weights[`${layer.name}/${i}`]!.ref) : [];
    const top = forward(layer, bottoms, own);
    blobs.get(layer.tops[0]!)?.dispose();
    blobs.set(layer.tops[0]!, top);
  }
  const scores = blobs.get(loss.bottoms[0]!)!.ref;
  blobs.forEach((blob) => blob.dispose());
  const rows = scores.transpose([0, 2, 3, 1]).reshape([-1, classes]);
  const chosen = nn.oneHot(truth, classes).mul(nn.logSoftmax(rows, -1)).sum(-1);
  return chosen.mul(counted.ref).sum().neg().div(counted.sum());
}

/** @throws Error where the library has no such device here. */
export async function jaxTrainer(problem: Problem, device: 'webgpu' | 'wasm'): Promise<Trainer> {
  const { spec, weights: initial, pixels, labels, request } = problem;
  const { batch, size, classes } = request;
  if (!(await init(device)).includes(device)) throw new Error(`jax-js does not start on ${device} here.`);
  defaultDevice(device);
  const ignored = lossOf(spec).ignoreLabel ?? -1;
  const learnt: Tensors = {};
  const fixed: Tensors = {};
  const velocities: Tensors = {};
  for (const layer of spec.layers) {
    layer.params.forEach(({ lrMult }, i) => {
      const name = `${layer.name}/${i}`;
      const { shape, data } = initial.get(name)!;
      (lrMult === 0 ? fixed : learnt)[name] = np.array(data).reshape([...shape]);
      if (lrMult !== 0) velocities[name] = np.zeros([...shape]);
    });
  }
  const wholeStep = jit(
    (w: Tensors, v: Tensors, constants: Tensors, data: np.Array, truth: np.Array, counted: np.Array) => {
      const graded = valueAndGrad((learning: Tensors) =>
        lossOfBatch(spec, classes, { ...learning, ...constants }, data, truth, counted),
      );
      const [loss, gradients] = graded(tree.ref(w));
      const moved: Tensors = {};
      const updated: Tensors = {};
      for (const name of Object.keys(w)) {
        moved[name] = v[name]!.mul(rates.momentum).add(gradients[name]!);
        updated[name] = w[name]!.sub(moved[name].ref.mul(rates.learningRate));
      }
      return { loss, updated, moved };
    },
  );
  let [w, v] = [learnt, velocities];
  return {
    async step() {
      const nhwc = np.array(pixels).reshape([batch, size.height, size.width, 3]);
      const truth = np.array(Int32Array.from(labels, (label) => (label === ignored ? 0 : label)));
      const counted = np.array(Float32Array.from(labels, (label) => (label === ignored ? 0 : 1)));
      const made = wholeStep(w, v, tree.ref(fixed), nhwc.transpose([0, 3, 1, 2]), truth, counted);
      [w, v] = [made.updated, made.moved];
      const loss = (await made.loss.data()) as Float32Array;
      await blockUntilReady(w);
      return loss[0]!;
    },
    dispose() {
      [w, v, fixed].forEach((tensors) => tree.dispose(tensors));
      wholeStep.dispose();
    },
  };
}
