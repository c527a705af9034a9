// Brightness, contrast, saturation and hue. All four are linear in red, green and blue, so they are one matrix and an offset.
import { sineCosine } from '../../core/series';
import { sumChannels } from '../statistics';
import type { RgbImage } from '../types';
import type { Draw } from './draw';

type Row = [red: number, green: number, blue: number];
type Matrix = [Row, Row, Row];

/** How much of a colour's grey each channel is, as in the filters below. */
const grey: Row = [0.213, 0.715, 0.072];

/** The turn of the colour circle around the greys: constant, cosine and sine parts (W3C Filter Effects, feColorMatrix hueRotate). */
const hueCosine: Matrix = [
  [0.787, -0.715, -0.072],
  [-0.213, 0.285, -0.072],
  [-0.213, -0.715, 0.928],
];
const hueSine: Matrix = [
  [-0.213, -0.715, 0.928],
  [0.143, 0.14, -0.283],
  [-0.787, 0.715, 0.072],
];

/**
 * A picture with other colours; the picture itself where nothing changes. Brightness is a factor of all values, contrast one of the distance
 * from the picture's mean grey, saturation one of the distance from each pixel's grey, hue a turn in degrees. Values are cut off at 0 and 255
 * once, at the end.
 */
export function changeColours(
  image: RgbImage,
  { brightness, contrast, saturation, hue }: Pick<Draw, 'brightness' | 'contrast' | 'saturation' | 'hue'>,
): RgbImage {
  if (brightness === 1 && contrast === 1 && saturation === 1 && hue === 0) return image;
  const { rgb } = image;
  const sums = sumChannels(rgb);
  const mean = (3 * dot(grey, sums)) / rgb.length;
  // Saturation and hue leave greys alone, and so the offset, which is one.
  const offset = brightness * (1 - contrast) * mean;
  const matrix = times(hueTurn(hue), saturate(saturation)).map((row) =>
    row.map((value) => value * brightness * contrast),
  ) as Matrix;
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = matrix;
  const target = new Uint8ClampedArray(rgb.length);
  for (let i = 0; i < rgb.length; i += 3) {
    const red = rgb[i]!;
    const green = rgb[i + 1]!;
    const blue = rgb[i + 2]!;
    target[i] = rr * red + rg * green + rb * blue + offset;
    target[i + 1] = gr * red + gg * green + gb * blue + offset;
    target[i + 2] = br * red + bg * green + bb * blue + offset;
  }
  return { ...image, rgb: new Uint8Array(target.buffer) };
}

const dot = ([a, b, c]: Row, [x, y, z]: Row) => a * x + b * y + c * z;

/** Feature of the same filter: saturate. */
const saturate = (factor: number): Matrix =>
  matrixOf((row, column) => (1 - factor) * grey[column] + (row === column ? factor : 0));

function hueTurn(degrees: number): Matrix {
  const { sine, cosine } = sineCosine(degrees);
  return matrixOf(
    (row, column) => grey[column] + cosine * hueCosine[row][column] + sine * hueSine[row][column],
  );
}

const times = (a: Matrix, b: Matrix): Matrix =>
  matrixOf((row, column) => dot(a[row], [b[0][column], b[1][column], b[2][column]]));

function matrixOf(value: (row: 0 | 1 | 2, column: 0 | 1 | 2) => number): Matrix {
  const rowOf = (row: 0 | 1 | 2): Row => [value(row, 0), value(row, 1), value(row, 2)];
  return [rowOf(0), rowOf(1), rowOf(2)];
}
