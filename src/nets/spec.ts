// A network as data: Caffe's layers, typed and validated, with the source line for messages. Names and defaults are caffe.proto's.

export interface Filler {
  type: 'constant' | 'uniform' | 'gaussian' | 'xavier' | 'msra' | 'bilinear';
  value: number;
  min: number;
  max: number;
  mean: number;
  std: number;
  /** For gaussian: how many inputs of each output begin at another value than 0, on average; absent for all of them. */
  sparse?: number;
  varianceNorm: 'FAN_IN' | 'FAN_OUT' | 'AVERAGE';
}

/** What the solver does to one learned blob of a layer; Caffe's default is 1 for both multipliers. */
export interface ParamSpec {
  lrMult: number;
  decayMult: number;
  /** Layers whose blobs have the same name share one blob; null for a blob of the layer's own. */
  name: string | null;
}

/** One number per spatial axis. Images have two; a network with more is read, and refused where shapes are asked for. */
export type Spatial = readonly [height: number, width: number, ...more: number[]];

export type Pair = readonly [height: number, width: number];

interface LayerBase {
  name: string;
  line: number;
  bottoms: string[];
  tops: string[];
  params: ParamSpec[];
  /** Whether a gradient may pass to each bottom; empty where the file says nothing. */
  propagateDown: boolean[];
}

/** A window that moves over the image. */
interface Windowed {
  kernel: Spatial;
  stride: Spatial;
  pad: Spatial;
}

/** Several bottoms are allowed, each with its own top; all are convolved with the same weights. */
export interface ConvolutionSpec extends LayerBase, Windowed {
  type: 'Convolution' | 'Deconvolution';
  numOutput: number;
  dilation: Spatial;
  group: number;
  biasTerm: boolean;
  weightFiller: Filler;
  biasFiller: Filler;
}

export interface InnerProductSpec extends LayerBase {
  type: 'InnerProduct';
  /** Where the file leaves it out, as DIGITS' networks do for the number of classes, IMPLIED_CLASSES. */
  numOutput: number;
  biasTerm: boolean;
  /** The first axis that is flattened into the product; may be negative. */
  axis: number;
  /** Weights are inputs x outputs instead of outputs x inputs. */
  transpose: boolean;
  weightFiller: Filler;
  biasFiller: Filler;
}

export interface PoolingSpec extends LayerBase, Windowed {
  type: 'Pooling';
  pool: 'MAX' | 'AVE';
  /** The window is the whole blob, whatever its size; kernel is then meaningless. */
  global: boolean;
  roundMode: 'CEIL' | 'FLOOR';
}

export interface LrnSpec extends LayerBase {
  type: 'LRN';
  region: 'ACROSS_CHANNELS' | 'WITHIN_CHANNEL';
  localSize: number;
  alpha: number;
  beta: number;
  k: number;
}

export interface ReluSpec extends LayerBase {
  type: 'ReLU';
  negativeSlope: number;
}

export interface PreluSpec extends LayerBase {
  type: 'PReLU';
  /** One slope for all channels instead of one each. */
  channelShared: boolean;
  filler: Filler;
}

export interface EluSpec extends LayerBase {
  type: 'ELU';
  alpha: number;
}

export interface SigmoidSpec extends LayerBase {
  type: 'Sigmoid';
}

export interface TanhSpec extends LayerBase {
  type: 'TanH';
}

export interface DropoutSpec extends LayerBase {
  type: 'Dropout';
  ratio: number;
}

/** Blobs: sums of mean and variance, and the factor to divide both by (batch_norm_layer.cpp). The solver never moves them. */
export interface BatchNormSpec extends LayerBase {
  type: 'BatchNorm';
  /** null: the batch's own statistics while training, the stored ones otherwise. */
  useGlobalStats: boolean | null;
  movingAverageFraction: number;
  eps: number;
}

/** One bottom: a learned factor; two: the second bottom is the factor. Covers `numAxes` axes from `axis` on (-1 for all the rest). */
export interface ScaleSpec extends LayerBase {
  type: 'Scale';
  axis: number;
  numAxes: number;
  biasTerm: boolean;
  filler: Filler;
  biasFiller: Filler;
}

/** As Scale, added instead of multiplied. */
export interface BiasSpec extends LayerBase {
  type: 'Bias';
  axis: number;
  numAxes: number;
  filler: Filler;
}

export interface EltwiseSpec extends LayerBase {
  type: 'Eltwise';
  operation: 'SUM' | 'PROD' | 'MAX';
  /** One factor per bottom, for SUM. */
  coefficients: number[];
}

export interface ConcatSpec extends LayerBase {
  type: 'Concat';
  axis: number;
}

export interface SliceSpec extends LayerBase {
  type: 'Slice';
  axis: number;
  /** Where the second, third ... top begin; empty for equal parts. */
  slicePoints: number[];
}

export interface SplitSpec extends LayerBase {
  type: 'Split';
}

/** y = (shift + scale * x)^power */
export interface PowerSpec extends LayerBase {
  type: 'Power';
  power: number;
  scale: number;
  shift: number;
}

export interface CropSpec extends LayerBase {
  type: 'Crop';
  /** First axis that is cropped to the second bottom's size; 2 crops height and width. May be negative. */
  axis: number;
  offset: number[];
}

export interface FlattenSpec extends LayerBase {
  type: 'Flatten';
  axis: number;
  endAxis: number;
}

export interface ReshapeSpec extends LayerBase {
  type: 'Reshape';
  /** 0 keeps the bottom's length, -1 takes what is left. */
  dims: number[];
  axis: number;
  numAxes: number;
}

export interface SilenceSpec extends LayerBase {
  type: 'Silence';
}

export interface SoftmaxSpec extends LayerBase {
  type: 'Softmax';
  axis: number;
}

export interface SoftmaxWithLossSpec extends LayerBase {
  type: 'SoftmaxWithLoss';
  axis: number;
  ignoreLabel: number | null;
  normalization: 'VALID' | 'FULL' | 'BATCH_SIZE' | 'NONE';
  lossWeight: number;
  /** Not of the file, but of the run that trains it (objective.ts). */
  objective: Objective;
}

/** What a softmax loss adds up; engine/kernels/pixel-loss.ts has the formulas. */
export interface Objective {
  /** The cross-entropy of each pixel, with `gamma` focal. */
  crossEntropy: boolean;
  /** The focal loss's exponent; 0 for plain cross-entropy. */
  gamma: number;
  /** The soft Dice loss over a batch, alone or added to the cross-entropy's mean. */
  dice: boolean;
  /** By class, at least 0; null for 1 each. */
  classWeights: readonly number[] | null;
}

/** The share of labels among the `topK` best scores, of those that are not ignored. */
export interface AccuracySpec extends LayerBase {
  type: 'Accuracy';
  axis: number;
  topK: number;
  ignoreLabel: number | null;
}

export type LayerSpec =
  | ConvolutionSpec
  | InnerProductSpec
  | PoolingSpec
  | LrnSpec
  | ReluSpec
  | PreluSpec
  | EluSpec
  | SigmoidSpec
  | TanhSpec
  | DropoutSpec
  | BatchNormSpec
  | ScaleSpec
  | BiasSpec
  | EltwiseSpec
  | ConcatSpec
  | SliceSpec
  | SplitSpec
  | PowerSpec
  | CropSpec
  | FlattenSpec
  | ReshapeSpec
  | SilenceSpec
  | SoftmaxSpec
  | SoftmaxWithLossSpec
  | AccuracySpec;

/** A blob that no computing layer makes: a top of Data and its kin, of an Input layer, or an `input` of the network. */
export interface InputSpec {
  name: string;
  line: number;
  /** As the file declares it; null where it does not. */
  shape: number[] | null;
  /** "label" where losses and accuracies read it as their second bottom, else "image". */
  role: 'image' | 'label';
  /** What a data layer does to its pixels; absent where it leaves them as they are. */
  transform?: PixelTransform;
}

/** (value - mean of its channel) * scale (data_transformer.cpp). */
export interface PixelTransform {
  /** In the order of the channels, blue first; one number serves all. */
  mean: readonly number[];
  scale: number;
}

/** A network: what goes in, and the layers in the order in which they run. */
export interface NetSpec {
  name: string;
  inputs: InputSpec[];
  layers: LayerSpec[];
}

/** A blob's shape as Caffe counts it: N x C x H x W for images, N x K after an inner product. Never more than four axes. */
export type BlobShape = readonly number[];

/** N x C x H x W. */
export type Shape = readonly [batch: number, channels: number, height: number, width: number];
