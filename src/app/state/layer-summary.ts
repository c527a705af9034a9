// A layer in a few words: what kind it is, and the settings that tell it from its neighbours.
import type { LayerSpec, PoolingSpec } from '../../nets/spec';

export type LayerKind =
  | 'input'
  | 'label'
  | 'convolution'
  | 'fully connected'
  | 'pooling'
  | 'upsampling'
  | 'normalization'
  | 'activation'
  | 'join'
  | 'crop'
  | 'loss'
  | 'other'
  | 'unknown';

const kinds: Partial<Record<LayerSpec['type'], LayerKind>> = {
  Convolution: 'convolution',
  Deconvolution: 'upsampling',
  InnerProduct: 'fully connected',
  Pooling: 'pooling',
  LRN: 'normalization',
  BatchNorm: 'normalization',
  Scale: 'normalization',
  Bias: 'normalization',
  ReLU: 'activation',
  PReLU: 'activation',
  ELU: 'activation',
  Sigmoid: 'activation',
  TanH: 'activation',
  Eltwise: 'join',
  Concat: 'join',
  Crop: 'crop',
  SoftmaxWithLoss: 'loss',
  Accuracy: 'loss',
};

export function layerKind(type: LayerSpec['type']): LayerKind {
  return kinds[type] ?? 'other';
}

/** The word that a person hears for a layer: its kind, or Caffe's type where the kind says too little. */
export function kindWord(kind: LayerKind, type: string): string {
  if (type === 'Accuracy') return 'accuracy';
  if (kind === 'unknown') return `unknown type ${type}`;
  return kind === 'other' || kind === 'activation' || kind === 'normalization' ? type : kind;
}

/** "3 × 3", or "N × C × H × W" for a shape. */
export function times(lengths: readonly number[]): string {
  return lengths.join(' × ');
}

/** A number with a true minus sign and no more digits than a short line has room for. */
const number = (value: number) => String(+value.toPrecision(4)).replace('-', '−');

/** Whether a setting with a value per axis differs from what it is where the file says nothing. */
const differs = (values: readonly number[], usual: number) => values.some((value) => value !== usual);

/** One number where all axes agree. */
const perAxis = (values: readonly number[]) =>
  values.every((value) => value === values[0]) ? String(values[0]) : times(values);

const axisName = (axis: number) =>
  ['examples', 'channels', 'rows', 'columns'][axis] ?? `axis ${number(axis)}`;

function pooling({ pool, global, kernel, stride, pad }: PoolingSpec): string[] {
  const name = pool === 'MAX' ? 'max' : 'average';
  if (global) return [`${name} of all`];
  return [
    `${name} ${times(kernel)}`,
    ...(differs(stride, 1) ? [`stride ${perAxis(stride)}`] : []),
    ...(differs(pad, 0) ? [`pad ${perAxis(pad)}`] : []),
  ];
}

function parts(layer: LayerSpec): string[] {
  switch (layer.type) {
    case 'Convolution':
    case 'Deconvolution':
      return [
        times(layer.kernel),
        ...(differs(layer.stride, 1) ? [`stride ${perAxis(layer.stride)}`] : []),
        ...(differs(layer.dilation, 1) ? [`dilation ${perAxis(layer.dilation)}`] : []),
        ...(layer.group > 1 ? [`${layer.group} groups`] : []),
        number(layer.numOutput),
      ];
    case 'InnerProduct':
      return [number(layer.numOutput)];
    case 'Pooling':
      return pooling(layer);
    case 'LRN':
      return layer.region === 'ACROSS_CHANNELS'
        ? [`across ${layer.localSize} channels`]
        : [`within ${layer.localSize} × ${layer.localSize}`];
    case 'ReLU':
      return layer.negativeSlope ? [`slope ${number(layer.negativeSlope)}`] : [];
    case 'Dropout':
      return [`${number(layer.ratio * 100)} %`];
    case 'Eltwise':
      return [{ SUM: 'sum', PROD: 'product', MAX: 'maximum' }[layer.operation]];
    case 'Concat':
    case 'Slice':
      return [`along ${axisName(layer.axis)}`];
    case 'Power':
      return [
        ...(layer.scale !== 1 ? [`times ${number(layer.scale)}`] : []),
        ...(layer.shift ? [`${layer.shift < 0 ? '−' : '+'} ${number(Math.abs(layer.shift))}`] : []),
        ...(layer.power !== 1 ? [`to the power of ${number(layer.power)}`] : []),
      ];
    case 'Crop':
      return [
        ...(layer.bottoms[1] ? [`to ${layer.bottoms[1]}`] : []),
        ...(layer.offset.length ? [`offset ${perAxis(layer.offset)}`] : []),
      ];
    case 'Reshape':
      return [times(layer.dims).replaceAll('-', '−')];
    case 'SoftmaxWithLoss':
      return ['softmax', ...(layer.lossWeight !== 1 ? [`weight ${number(layer.lossWeight)}`] : [])];
    case 'Accuracy':
      return layer.topK > 1 ? [`top ${layer.topK}`] : [];
    default:
      return [];
  }
}

/** "11 × 11, stride 4, 96" for a convolution; empty where the type says it all. */
export function layerDetail(layer: LayerSpec): string {
  return parts(layer).join(', ');
}
