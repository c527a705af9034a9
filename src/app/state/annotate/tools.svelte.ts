// What is painted with: chosen once, the same for one picture after the other.
import { maxBrush } from '../../../data/strokes/brush';
import type { Paint } from '../../../data/strokes/spans';
import { VOID, type DatasetId } from '../../../data/types';
import type { ModelId } from '../../../training/types';
import type { Tool } from './keys';

class AnnotationTools {
  tool = $state<Tool>('brush');
  /** A class position, or VOID. */
  value = $state(0);
  size = $state(12);
  /** Of the flood fill: how far a colour channel may be from that of the first pixel, 0 to 255. */
  tolerance = $state(24);
  opacity = $state(0.6);
  predictionOpacity = $state(0.4);
  /** The model whose prediction lies under the labels; '' for none. */
  model = $state<ModelId>('');
  locked = $state.raw<ReadonlySet<number>>(new Set());
  #dataset: DatasetId = '';

  /** What belongs to one dataset's classes begins anew with another one. */
  open(dataset: DatasetId): void {
    if (dataset === this.#dataset) return;
    this.#dataset = dataset;
    this.value = 0;
    this.locked = new Set();
  }

  /** What the tool paints with; `erase` makes void whatever the tool is. */
  paint(erase = false): Paint {
    return { value: erase || this.tool === 'eraser' ? VOID : this.value, locked: this.locked };
  }

  /** Chooses a class to paint with; an eraser becomes a brush. */
  choose(value: number): void {
    this.value = value;
    if (this.tool === 'eraser') this.tool = 'brush';
  }

  resize(larger: boolean): void {
    const step = Math.max(1, Math.round(this.size * 0.15));
    this.size = Math.min(maxBrush, Math.max(1, this.size + (larger ? step : -step)));
  }

  toggleLock(value: number): void {
    const others = [...this.locked].filter((one) => one !== value);
    this.locked = new Set(this.locked.has(value) ? others : [...others, value]);
  }
}

export const annotationTools = new AnnotationTools();
