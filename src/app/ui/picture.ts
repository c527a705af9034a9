// What a viewer shows: an image, label maps over it, and canvases made of them once.
import type { LabelClass, RgbImage } from '../../data/types';
import { imageToRgba, labelsToRgba, type LabelStyle } from './overlay';

/** An image with the label maps there are for it. */
export interface Picture {
  name: string;
  image: RgbImage;
  classes: readonly LabelClass[];
  prediction: Uint8Array | null;
  truth: Uint8Array | null;
}

export type ViewMode = 'input' | 'overlay' | 'prediction' | 'truth' | 'wrong';

function canvasOf(pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  return canvas;
}

export function imageCanvas(image: RgbImage): HTMLCanvasElement {
  return canvasOf(imageToRgba(image.rgb), image.width, image.height);
}

export function labelCanvas(
  labels: Uint8Array,
  width: number,
  height: number,
  style: LabelStyle,
): HTMLCanvasElement {
  return canvasOf(labelsToRgba(labels, width, height, style), width, height);
}

/** The overlay at the picture's own size as a PNG file. */
export function overlayPng(
  image: HTMLCanvasElement,
  layer: HTMLCanvasElement,
  opacity: number,
): Promise<Blob> {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d');
  context?.drawImage(image, 0, 0);
  if (context) context.globalAlpha = opacity;
  context?.drawImage(layer, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('the picture could not be encoded'))),
      'image/png',
    ),
  );
}

/** A tile's image as a PNG file, for what takes files. */
export async function imageFile(name: string, image: RgbImage): Promise<File> {
  const canvas = imageCanvas(image);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('the picture could not be encoded');
  return new File([blob], name, { type: 'image/png' });
}
