// What a model makes of the picture that is annotated, in the classes of its dataset.
import type { LabelClass, RgbImage } from '../../../data/types';
import type { ModelId } from '../../../training/types';
import { imageFile } from '../../ui/picture';
import { modelOf, verbs } from '../../verbs';
import { translateLabels } from '../test-bench.svelte';

export class Prediction {
  #labels = $state.raw<Uint8Array | null>(null);
  #busy = $state(false);
  #error = $state.raw<unknown>(null);
  #newest = 0;

  /** One class position or VOID a pixel; null for none, or not yet. */
  get labels(): Uint8Array | null {
    return this.#labels;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get error(): unknown {
    return this.#error;
  }

  /** Segments the picture with the model, or forgets the prediction for ''. Of several calls the last one counts. */
  async show(model: ModelId, name: string, image: RgbImage, classes: readonly LabelClass[]): Promise<void> {
    const mine = ++this.#newest;
    this.#labels = null;
    this.#error = null;
    this.#busy = model !== '';
    if (model === '') return;
    try {
      const { info } = await modelOf(model);
      const { labels } = await verbs.segment(model, await imageFile(`${name}.png`, image));
      if (mine === this.#newest) this.#labels = translateLabels(labels, info.classes, classes);
    } catch (error) {
      if (mine === this.#newest) this.#error = error;
    } finally {
      if (mine === this.#newest) this.#busy = false;
    }
  }
}
