// A network as data: Caffe's layers, typed and validated, with the source line for messages.

export interface Filler {
  type: 'constant' | 'uniform' | 'gaussian' | 'xavier' | 'msra' | 'bilinear';
  value: number;
  min: number;
  max: number;
  mean: number;
  std: number;
  varianceNorm: 'FAN_IN' | 'FAN_OUT' | 'AVERAGE';
}

/** Multipliers of one learned blob of a layer; Caffe's default is 1 for both. */
export interface ParamSpec {
  lrMult: number;
  decayMult: number;
}

export type Pair = readonly [height: number, width: number];

interface LayerBase {
  name: string;
  line: number;
  bottoms: string[];
  tops: string[];
  params: ParamSpec[];
}

export interface ConvolutionSpec extends LayerBase {
  type: 'Convolution' | 'Deconvolution';
  numOutput: number;
  kernel: Pair;
  stride: Pair;
  pad: Pair;
  dilation: Pair;
  group: number;
  biasTerm: boolean;
  weightFiller: Filler;
  biasFiller: Filler;
}

export interface PoolingSpec extends LayerBase {
  type: 'Pooling';
  pool: 'MAX';
  kernel: Pair;
  stride: Pair;
  pad: Pair;
}

export interface LrnSpec extends LayerBase {
  type: 'LRN';
  localSize: number;
  alpha: number;
  beta: number;
  k: number;
}

export interface ReluSpec extends LayerBase {
  type: 'ReLU';
  negativeSlope: number;
}

export interface DropoutSpec extends LayerBase {
  type: 'Dropout';
  ratio: number;
}

export interface PowerSpec extends LayerBase {
  type: 'Power';
  power: 1;
  scale: number;
  shift: number;
}

export interface CropSpec extends LayerBase {
  type: 'Crop';
  /** First axis that is cropped to the second bottom's size; 2 crops height and width. */
  axis: number;
  offset: number[];
}

export interface SoftmaxSpec extends LayerBase {
  type: 'Softmax';
}

export interface SoftmaxWithLossSpec extends LayerBase {
  type: 'SoftmaxWithLoss';
  ignoreLabel: number | null;
  normalization: 'VALID' | 'FULL' | 'BATCH_SIZE' | 'NONE';
  lossWeight: number;
}

export type LayerSpec =
  | ConvolutionSpec
  | PoolingSpec
  | LrnSpec
  | ReluSpec
  | DropoutSpec
  | PowerSpec
  | CropSpec
  | SoftmaxSpec
  | SoftmaxWithLossSpec;

/** A network: layers in the order in which they run. Bottoms that no layer makes ("data", "label") are its inputs. */
export interface NetSpec {
  name: string;
  layers: LayerSpec[];
}

/** N x C x H x W. */
export type Shape = readonly [batch: number, channels: number, height: number, width: number];
