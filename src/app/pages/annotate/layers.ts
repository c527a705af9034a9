// Canvases of label maps that change a little at a time.
import type { Rect } from '../../../data/strokes/spans';
import type { LabelMap } from '../../../data/types';
import { labelsToRgba, type LabelStyle } from '../../ui/overlay';

/** A label map as a canvas of its own size; `update` draws a part of it anew. */
export class LabelLayer {
  readonly canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D | null;
  readonly #map: LabelMap;
  readonly #style: LabelStyle;

  constructor(map: LabelMap, style: LabelStyle) {
    this.canvas.width = map.width;
    this.canvas.height = map.height;
    this.#context = this.canvas.getContext('2d');
    this.#map = map;
    this.#style = style;
    this.update({ x: 0, y: 0, width: map.width, height: map.height });
  }

  update({ x, y, width, height }: Rect): void {
    const part = new Uint8Array(width * height);
    for (let row = 0; row < height; row++) {
      const from = (y + row) * this.#map.width + x;
      part.set(this.#map.labels.subarray(from, from + width), row * width);
    }
    const pixels = labelsToRgba(part, width, height, this.#style);
    this.#context?.putImageData(new ImageData(pixels, width, height), x, y);
  }
}
