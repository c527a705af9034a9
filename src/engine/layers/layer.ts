// The contract of a layer: forward and backward over tensors N x H x W x C ("nhwc"), as Caffe's layers have them.
// A Caffe blob with fewer than four axes has ones after its last: N x K is the tensor N x 1 x 1 x K.
import type * as tf from '@tensorflow/tfjs';
import type { Wants } from '../../nets/plan/plan';
import type { BlobShape, LayerSpec } from '../../nets/spec';

/** Labels of a batch: one class position per pixel (or per image, for a classifier), image by image, row by row. */
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

/** The blobs as Caffe counts them: their axes are what `axis` in a layer's parameters means. */
export interface LayerShapes {
  bottoms: BlobShape[];
  tops: BlobShape[];
}

/** The tensors of one forward run that backward may read. Only what the plan keeps (nets/plan/kept.ts) is there, the rest is null. */
export interface Kept {
  bottoms: (tf.Tensor4D | null)[];
  tops: (tf.Tensor4D | null)[];
  /** What forward made for backward alone, such as a dropout mask. */
  extra: tf.Tensor[];
  shapes: LayerShapes;
}

export interface Forward {
  /** One for each of the layer's tops. */
  tops: tf.Tensor4D[];
  extra?: tf.Tensor[];
  /** New values for the layer's parameters, in their order, where training changes them outside the solver (BatchNorm's statistics). */
  params?: tf.Tensor[];
}

export interface Gradients {
  /** One for each bottom; null where it was not wanted. */
  bottoms: (tf.Tensor4D | null)[];
  /** In the order of the layer's parameters; empty where they were not wanted. */
  params: tf.Tensor[];
}

/** The two directions of one layer type. Tensors made on the way are the caller's to dispose only if returned. */
export interface LayerOps<Spec extends LayerSpec> {
  /** `bottoms` has null for a blob that is not a tensor: the labels. */
  forward: (
    spec: Spec,
    bottoms: (tf.Tensor4D | null)[],
    params: tf.Tensor[],
    pass: Pass,
    shapes: LayerShapes,
  ) => Forward;
  /** `dTops` has null for a top that no gradient reaches; at least one is there, but for a loss, which is where gradients begin. */
  backward: (
    spec: Spec,
    kept: Kept,
    dTops: (tf.Tensor4D | null)[],
    params: tf.Tensor[],
    wants: Wants,
  ) => Gradients;
}
