// One implementation per layer type.
import type { LayerSpec } from '../../nets/spec';
import { convolution } from './convolution';
import { crop } from './crop';
import { deconvolution } from './deconvolution';
import { dropout, power, relu } from './elementwise';
import type { LayerOps } from './layer';
import { lrn } from './lrn';
import { pooling } from './pooling';
import { softmax, softmaxWithLoss } from './softmax';

const layers: { [Type in LayerSpec['type']]?: LayerOps<Extract<LayerSpec, { type: Type }>> } = {
  Convolution: convolution,
  Deconvolution: deconvolution,
  Crop: crop,
  Dropout: dropout,
  LRN: lrn,
  Pooling: pooling,
  Power: power,
  ReLU: relu,
  Softmax: softmax,
  SoftmaxWithLoss: softmaxWithLoss,
};

/** The two directions of a layer's type. */
export function layerOps<Spec extends LayerSpec>(spec: Spec): LayerOps<Spec> {
  return layers[spec.type] as unknown as LayerOps<Spec>;
}
