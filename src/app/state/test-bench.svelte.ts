// The Test page's work: a model, pictures, and what the model makes of them.
import { AppError } from '../../core/errors';
import { inflateLabels } from '../../data/label-codec';
import {
  VOID,
  type DatasetRecord,
  type LabelClass,
  type Rejection,
  type RgbImage,
  type SourceFile,
} from '../../data/types';
import type { BackendName } from '../../engine/backends';
import type { Segmentation } from '../../rpc/contract';
import { loader } from '../../rpc/workers';
import { getTile } from '../../storage/datasets';
import type { ModelId } from '../../training/types';
import { imageFile } from '../ui/picture';
import { verbs } from '../verbs';
import { library, type ModelSummary } from './library.svelte';

export interface TestItem {
  key: number;
  name: string;
  file: File;
  status: 'waiting' | 'working' | 'done' | 'failed';
  image: RgbImage | null;
  /** The truth in the classes of its dataset, where the picture has one. */
  truth: { labels: Uint8Array; classes: readonly LabelClass[] } | null;
  segmentation: Segmentation | null;
  error: unknown;
}

const picture = /\.(png|jpe?g|webp|avif|gif|bmp)$/i;

class TestBench {
  #items = $state.raw<TestItem[]>([]);
  #selected = $state<number | null>(null);
  #model = $state<ModelId | null>(null);
  #backend = $state<BackendName | 'auto'>('auto');
  #error = $state.raw<unknown>(null);
  #loading = $state(false);
  #nextKey = 1;
  /** Counts changes of model and backend, so that an answer about older ones is dropped. */
  #generation = 0;
  #working = false;

  get items(): TestItem[] {
    return this.#items;
  }
  get current(): TestItem | null {
    return this.#items.find(({ key }) => key === this.#selected) ?? null;
  }
  get model(): ModelSummary | null {
    return library.models.find(({ id }) => id === this.#model) ?? null;
  }
  get backend(): BackendName | 'auto' {
    return this.#backend;
  }
  get error(): unknown {
    return this.#error;
  }
  /** True while a weights file is read. */
  get loading(): boolean {
    return this.#loading;
  }

  select(key: number): void {
    this.#selected = key;
  }

  /** Shows what went wrong outside of the bench's own work. */
  fail(error: unknown): void {
    this.#error = error;
  }

  dismiss(): void {
    this.#error = null;
  }

  /** Segments everything on the bench with another model. */
  choose(id: ModelId | null): void {
    if (id === this.#model) return;
    this.#model = id;
    this.#again();
  }

  /** Segments everything on the bench on another backend. */
  useBackend(name: BackendName | 'auto'): void {
    if (name === this.#backend) return;
    this.#backend = name;
    this.#again();
  }

  #again(): void {
    this.#generation++;
    this.#items = this.#items.map((item) => ({
      ...item,
      status: 'waiting',
      segmentation: null,
      error: null,
    }));
    void this.#work();
  }

  /** Files of any kind: weights become a model, pictures are segmented, the rest and what is `unreadable` is named. */
  async take(files: SourceFile[], unreadable: Rejection[] = []): Promise<void> {
    this.#error = null;
    const [lost] = unreadable;
    if (lost) {
      const more = unreadable.length > 1 ? ` And ${unreadable.length - 1} more could not be read.` : '';
      this.#error = new AppError('bad-file', `${lost.file}: ${lost.reason}${more}`);
    }
    if (files.length === 0) return;
    const ending = (...endings: string[]) =>
      files.filter(({ path }) => endings.some((end) => path.toLowerCase().endsWith(end)));
    const weights = ending('.safetensors', '.caffemodel');
    const networks = ending('.prototxt', '.pbtxt', '.txt');
    const pictures = files.filter(({ path }) => picture.test(path));
    const [first] = weights;
    if (first) await this.#load(first.file, networks[0]?.file ?? null);
    if (!first && pictures.length === 0) {
      this.#error = new AppError(
        'bad-file',
        `None of these files can be used here: ${files
          .slice(0, 5)
          .map(({ path }) => path)
          .join(
            ', ',
          )}${files.length > 5 ? ' …' : ''}. Give pictures (PNG, JPEG) to segment, or a model's weights (.safetensors or .caffemodel, with its .prototxt beside it if the file was made elsewhere).`,
      );
    }
    this.#add(pictures.map(({ path, file }) => ({ name: path, file, truth: null })));
  }

  /** A validation picture of a dataset, with its truth. */
  async takeTile(dataset: DatasetRecord, index: number): Promise<void> {
    this.#error = null;
    try {
      const tile = await getTile(dataset.id, 'val', index);
      if (!tile) throw new AppError('not-found', `${dataset.name} has no validation picture ${index + 1}.`);
      const { width, height, rgb, name } = tile;
      const file = await imageFile(`${name}.png`, { width, height, rgb });
      const labels = inflateLabels(tile.labels, width * height);
      this.#add([{ name, file, truth: { labels, classes: dataset.classes } }]);
    } catch (error) {
      this.#error = error;
    }
  }

  #add(added: Pick<TestItem, 'name' | 'file' | 'truth'>[]): void {
    const items = added.map((item) => ({
      ...item,
      key: this.#nextKey++,
      status: 'waiting' as const,
      image: null,
      segmentation: null,
      error: null,
    }));
    this.#items = [...this.#items, ...items];
    if (items[0]) this.#selected = items[0].key;
    void this.#work();
  }

  async #load(weights: File, network: File | null): Promise<void> {
    this.#loading = true;
    try {
      const name = weights.name.replace(/\.(safetensors|caffemodel)$/i, '');
      const id = await verbs.importModel(name, weights, network ? await network.text() : null);
      this.choose(id);
    } catch (error) {
      this.#error = error;
    } finally {
      this.#loading = false;
    }
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      for (;;) {
        const model = this.#model;
        const generation = this.#generation;
        const item = this.#items.find(({ status }) => status === 'waiting');
        if (!item || !model) break;
        this.#change(item.key, { status: 'working' });
        try {
          const image = item.image ?? (await loader().transferImage(item.file));
          this.#change(item.key, { image });
          const segmentation = await verbs.segment(model, item.file, this.#backend);
          // Another model or backend may have been chosen meanwhile; then the picture is already waiting again.
          if (generation === this.#generation) this.#change(item.key, { segmentation, status: 'done' });
        } catch (error) {
          if (generation === this.#generation) this.#change(item.key, { error, status: 'failed' });
        }
      }
    } finally {
      this.#working = false;
    }
  }

  #change(key: number, change: Partial<TestItem>): void {
    this.#items = this.#items.map((item) => (item.key === key ? { ...item, ...change } : item));
  }
}

export const testBench = new TestBench();

/** A label map of one dataset in the classes of another, by name; void where there is no such class. */
export function translateLabels(
  labels: Uint8Array,
  from: readonly LabelClass[],
  to: readonly LabelClass[],
): Uint8Array {
  const table = new Uint8Array(256).fill(VOID);
  from.forEach(({ name }, position) => {
    const target = to.findIndex((item) => item.name === name);
    if (target >= 0) table[position] = target;
  });
  return labels.map((label) => table[label]!);
}
