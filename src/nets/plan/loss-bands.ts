// How the upsampled loss is cut into pieces on wasm, and what they take on the way. A band is some rows of an image's pixels: its gradient goes to
// the few coarse rows that reach it, so every band has a room of its own for these. The cut depends on the shapes alone, never on the threads.
import { FLOAT_BYTES } from '../cost';

type Pair = readonly [number, number];

export interface UpsampledShape {
  /** Of the coarse scores. */
  batch: number;
  coarse: Pair;
  classes: number;
  kernel: Pair;
  stride: Pair;
  /** The deconvolution's padding and the crop's offset together. */
  pad: Pair;
  /** Height and width of the labels. */
  outSize: Pair;
}

export interface LossBands {
  /** Of an image. */
  bands: number;
  /** Rows of a whole band, counted from the padding's first. */
  bandRows: number;
  /** The first band that has a pixel. */
  firstBand: number;
  /** The most coarse rows that reach a band. */
  span: number;
  /** The classes up to a multiple of 4. */
  padded: number;
  /** Floats of a band's room: the coarse scores, a row's gradient and the band's; a pixel's scores; each column's reach, and a pixel's. */
  roomFloats: number;
}

/** Rows of pixels that are worth a room. */
const BAND_ROWS = 16;
/** A pixel's label is a byte. */
export const LABELS = 256;

/** Of an output row or column: the first coarse one that reaches it, and how many do. */
export function reaching(
  at: number,
  count: number,
  kernel: number,
  stride: number,
  pad: number,
): [first: number, length: number] {
  const place = at + pad;
  const first = Math.max(0, Math.ceil((place - kernel + 1) / stride));
  return [first, Math.max(0, Math.min(count - 1, Math.floor(place / stride)) - first + 1)];
}

/** Where a band is no shorter than a stride, it begins where a coarse row's kernel does: there the fewest coarse rows reach it. */
export function cutLoss({ coarse, classes, kernel, stride, pad, outSize }: UpsampledShape): LossBands {
  const bandRows = stride[0] < BAND_ROWS ? stride[0] * Math.ceil(BAND_ROWS / stride[0]) : BAND_ROWS;
  const firstBand = Math.floor(pad[0] / bandRows);
  const bands = Math.floor((outSize[0] - 1 + pad[0]) / bandRows) - firstBand + 1;
  const reach = (row: number) => reaching(row, coarse[0], kernel[0], stride[0], pad[0]);
  const spans = Array.from({ length: bands }, (_, i) => {
    const start = (firstBand + i) * bandRows - pad[0];
    const [first] = reach(Math.max(0, start));
    const [last, count] = reach(Math.min(outSize[0], start + bandRows) - 1);
    return last + count - first;
  });
  const span = Math.max(0, ...spans);
  const padded = Math.ceil(classes / 4) * 4;
  const places = Math.ceil(kernel[0] / stride[0]) * Math.ceil(kernel[1] / stride[1]);
  const roomFloats = 3 * span * coarse[1] * padded + LABELS + 2 * outSize[1] + 2 * places;
  return { bands, bandRows, firstBand, span, padded, roomFloats };
}

/** All that the kernel makes on the way: taps, labels, class weights, and of each band a record of 16 bytes and the room. */
export function lossScratchBytes(shape: UpsampledShape): number {
  const { batch, kernel, outSize } = shape;
  const { bands, padded, roomFloats } = cutLoss(shape);
  const labels = Math.ceil((batch * outSize[0] * outSize[1]) / FLOAT_BYTES);
  return FLOAT_BYTES * (kernel[0] * kernel[1] * padded + labels + LABELS + batch * bands * (4 + roomFloats));
}
