import { VOID, type ChannelSums, type DatasetRecord, type PixelCounts, type Rgb } from './types';

/** No pixels yet, of `classes` classes. */
export function noPixels(classes: number): PixelCounts {
  return { classes: new Array<number>(classes).fill(0), void: 0 };
}

/** How many pixels of a label map each of the `classes` class positions has, and how many are void. */
export function countPixels(labels: Uint8Array, classes: number): PixelCounts {
  const counts = new Uint32Array(256);
  for (const label of labels) counts[label]!++;
  return { classes: [...counts.subarray(0, classes)], void: counts[VOID]! };
}

export function addCounts(a: PixelCounts, b: PixelCounts): PixelCounts {
  return { classes: a.classes.map((count, i) => count + b.classes[i]!), void: a.void + b.void };
}

export function subtractCounts(a: PixelCounts, b: PixelCounts): PixelCounts {
  return { classes: a.classes.map((count, i) => count - b.classes[i]!), void: a.void - b.void };
}

/** Sums of red, green and blue over the pixels of a picture: exact, as whole numbers. */
export function sumChannels(rgb: Uint8Array): ChannelSums {
  let red = 0;
  let green = 0;
  let blue = 0;
  for (let i = 0; i < rgb.length; i += 3) {
    red += rgb[i]!;
    green += rgb[i + 1]!;
    blue += rgb[i + 2]!;
  }
  return [red, green, blue];
}

export function addSums(a: ChannelSums, b: ChannelSums): ChannelSums {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** The means of red, green and blue over the training pictures, 0 to 255; null for a record that is older than its sums. */
export function channelMeans({ channelSums, pixels }: DatasetRecord): ChannelSums | null {
  const count = pixels.train.classes.reduce((sum, one) => sum + one, pixels.train.void);
  if (!channelSums || !count) return null;
  const [red, green, blue] = channelSums.train;
  return [red / count, green / count, blue / count];
}

/** The means of blue, green and red, as networks take them. */
export const bgrMeans = (dataset: DatasetRecord) => channelMeans(dataset)?.toReversed() ?? null;

/** The training pictures' mean colour in whole values; a middle grey where it is not known. */
export function meanColour(dataset: DatasetRecord): Rgb {
  const [red, green, blue] = channelMeans(dataset) ?? [128, 128, 128];
  return [Math.round(red), Math.round(green), Math.round(blue)];
}
