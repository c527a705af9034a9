// Where the numbers of a dense head come from, layer by layer: stride, kernel and offset as sums and products.
import { blobGraph } from '../../nets/blob-graph';
import type { NetSpec } from '../../nets/spec';
import { headOf } from '../../nets/surgery/plan-skips';
import { samplingOf } from '../../nets/surgery/sampling';
import { readViews } from '../../nets/surgery/views';
import { decimal } from './layer-rows';

/** What one convolution or pooling adds to the place of the first score. */
export interface ShiftRow {
  layer: string;
  kernel: number;
  pad: number;
  stride: number;
  /** (K - 1) / 2 - P, in pixels of what the layer sees. */
  own: number;
  /** Pixels of the image for one of those. */
  step: number;
  /** own * step */
  shift: number;
}

export interface HeadNumbersTold {
  stride: string;
  kernel: string;
  offset: string;
  /** What raising the first layer's padding does; null where it stays. */
  padding: string | null;
  /** Layer by layer, where the way to the scores is a plain chain; else empty. */
  rows: ShiftRow[];
  /** The pixel of the image over which the first score lies. */
  start: number;
}

/** The windows between the image and a blob, from the image on; null where one is of another kind. */
function shiftRows(spec: NetSpec, blob: string): ShiftRow[] | null {
  const { values, last } = blobGraph(spec);
  const chain: Omit<ShiftRow, 'step' | 'shift'>[] = [];
  for (let value = values[last.get(blob)!]!; value.maker; value = values[value.bottoms[0]!]!) {
    const { layer } = value.maker;
    if (layer.type === 'Crop' || layer.type === 'Deconvolution') return null;
    if (layer.type !== 'Convolution' && layer.type !== 'Pooling') continue;
    if (layer.type === 'Pooling' && layer.global) return null;
    const dilation = layer.type === 'Convolution' ? layer.dilation[0] : 1;
    const kernel = (layer.kernel[0] - 1) * dilation + 1;
    const [pad, stride] = [layer.pad[0], layer.stride[0]];
    chain.unshift({ layer: layer.name, kernel, pad, stride, own: (kernel - 1) / 2 - pad });
  }
  let step = 1;
  return chain.map((row) => {
    const told = { ...row, step, shift: row.own * step };
    step *= row.stride;
    return told;
  });
}

const minus = (a: number, b: number) => `${decimal(a)} − ${b < 0 ? `(${decimal(b)})` : decimal(b)}`;

/** Tells the numbers of the head that the text has. @throws AppError 'bad-network' where it has none */
export function headNumbersTold(
  prototxt: string,
  head: { stride: number; kernel: number; offset: number },
  padding: { from: number; to: number } | null = null,
): HeadNumbersTold {
  const { spec } = readViews(prototxt)[0]!;
  const { scores, image } = headOf(spec);
  const { stride, start } = samplingOf(spec, scores, image);
  const rows = shiftRows(spec, scores);
  const sum = rows?.reduce((total, { shift }) => total + shift, 0);
  const whole = rows?.reduce((total, row) => total * row.stride, 1);
  const plain = rows && sum === start && whole === stride ? rows : [];
  const factors = plain.filter((row) => row.stride > 1).map((row) => `${row.stride} (${row.layer})`);
  const reach = (head.kernel - 1) / 2;
  const twice = 2 * head.stride;
  return {
    rows: plain,
    start,
    stride:
      (factors.length > 1 ? `${factors.join(' × ')} = ${head.stride}: ` : '') +
      `one score stands for ${head.stride} pixels in each direction, so the scores are enlarged ${head.stride} times.`,
    kernel:
      head.kernel === twice
        ? `2 × ${head.stride} = ${twice}: wide enough to blend each score into the next one.`
        : `2 × ${head.stride} = ${twice} would blend each score into the next one, but lay the enlarged scores half a ` +
          `pixel beside the image; ${head.kernel} lays pixels on pixels.`,
    padding:
      padding &&
      `Each pixel of padding moves the first score a pixel to the left: from pixel ${decimal(start + padding.to - padding.from)} to ${decimal(start)}.`,
    offset:
      `The first score lies over pixel ${decimal(start)} of the image. The kernel reaches (${head.kernel} − 1) / 2 = ` +
      `${decimal(reach)} pixels to each side, so the enlarged scores begin ${minus(reach, start)} = ` +
      `${head.offset} pixels outside the image; the crop cuts them off.`,
  };
}
