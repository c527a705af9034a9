// One implementation per layer type.
import type { LayerSpec } from '../../nets/spec';
import { accuracy } from './accuracy';
import { elu, relu, sigmoid, tanh } from './activations';
import { batchNorm } from './batch-norm';
import { concat, slice } from './concat';
import { convolution } from './convolution';
import { crop } from './crop';
import { deconvolution } from './deconvolution';
import { dropout } from './dropout';
import { eltwise } from './eltwise';
import { innerProduct } from './inner-product';
import type { UpsampledLoss } from '../../nets/plan/fuse-losses';
import type { LayerOps } from './layer';
import { lrn } from './lrn';
import { pooling } from './pooling';
import { power } from './power';
import { prelu } from './prelu';
import { reshape } from './reshape';
import { bias, scale } from './scale';
import { softmax, softmaxWithLoss } from './softmax';
import { silence, split } from './split';
import { upsampledLoss } from './upsampled-loss';

const layers: { [Type in LayerSpec['type']]: LayerOps<Extract<LayerSpec, { type: Type }>> } = {
  Convolution: convolution,
  Deconvolution: deconvolution,
  InnerProduct: innerProduct,
  Pooling: pooling,
  LRN: lrn,
  ReLU: relu,
  PReLU: prelu,
  ELU: elu,
  Sigmoid: sigmoid,
  TanH: tanh,
  Dropout: dropout,
  BatchNorm: batchNorm,
  Scale: scale,
  Bias: bias,
  Eltwise: eltwise,
  Concat: concat,
  Slice: slice,
  Split: split,
  Power: power,
  Crop: crop,
  Flatten: reshape,
  Reshape: reshape,
  Silence: silence,
  Softmax: softmax,
  SoftmaxWithLoss: softmaxWithLoss,
  Accuracy: accuracy,
};

/** The two directions of a layer's type. */
export function layerOps<Spec extends LayerSpec | UpsampledLoss>(spec: Spec): LayerOps<Spec> {
  if ('upsample' in spec) return upsampledLoss as unknown as LayerOps<Spec>;
  return layers[spec.type] as unknown as LayerOps<Spec>;
}
