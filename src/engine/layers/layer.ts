// The contract of a layer: forward and backward over tensors N x H x W x C ("nhwc"), as Caffe's layers have them.
import type * as tf from '@tensorflow/tfjs';
import type { LayerSpec } from '../../nets/spec';

/** Labels of a batch: one class position per pixel, image by image, row by row. */
export interface LabelBatch {
  labels: Uint8Array;
}

/** What a pass over the network is about; random choices depend on nothing else. */
export interface Pass {
  training: boolean;
  seed: number;
  step: number;
  labels: LabelBatch | null;
}

/** The tensors of one forward run that backward may read. Only what `keeps` asks for is there. */
export interface Kept {
  bottom: tf.Tensor4D | null;
  top: tf.Tensor4D | null;
  /** What forward made for backward alone, such as a dropout mask. */
  extra: tf.Tensor[];
  bottomShape: [number, number, number, number];
}

export interface Forward {
  top: tf.Tensor4D;
  extra?: tf.Tensor[];
}

export interface Gradients {
  /** For the first bottom; null where it was not wanted. */
  bottom: tf.Tensor4D | null;
  /** In the order of the layer's parameters; empty where they were not wanted. */
  params: tf.Tensor[];
}

/** The two directions of one layer type. Tensors made on the way are the caller's to dispose only if returned. */
export interface LayerOps<Spec extends LayerSpec> {
  /** Which of forward's tensors backward reads; all others are freed as early as can be. */
  keeps: (spec: Spec) => { bottom: boolean; top: boolean };
  /** `bottoms` has null for a blob that is not a tensor: the labels. */
  forward: (spec: Spec, bottoms: (tf.Tensor4D | null)[], params: tf.Tensor[], pass: Pass) => Forward;
  backward: (
    spec: Spec,
    kept: Kept,
    dTop: tf.Tensor4D | null,
    params: tf.Tensor[],
    wants: { bottom: boolean; params: boolean },
  ) => Gradients;
}
