// The photos that are to be annotated, and what is chosen for them before they become a dataset.
import { classProblems } from '../../../data/class-edit';
import { defaultColour } from '../../../data/default-colour';
import { photoSize, validationPhotos } from '../../../data/photos';
import type { LabelClass, Rejection, ResizeMode, Rgb, Scale, Size, SourceFile } from '../../../data/types';
import { library } from '../library.svelte';

export interface ClassRow {
  id?: number;
  name: string;
  colour: Rgb;
}

/** A photo's size as it is shown, and a small picture of it. */
export interface PhotoLook extends Size {
  path: string;
  thumb: ImageBitmap;
}

const picture = /\.(png|jpe?g|webp|avif|bmp)$/i;
/** So many photos are looked at to show them and to find the size that most have. */
const looked = 12;
const thumbWidth = 240;

const ownClasses = (): ClassRow[] => [
  { name: 'object', colour: defaultColour(1) },
  { name: 'background', colour: defaultColour(0) },
];

class PhotoForm {
  #files = $state.raw<readonly SourceFile[]>([]);
  #rejected = $state.raw<readonly Rejection[]>([]);
  #looks = $state.raw<readonly PhotoLook[]>([]);
  name = $state('');
  classes = $state<ClassRow[]>(ownClasses());
  longest = $state<number | null>(320);
  mode = $state<Extract<ResizeMode, 'crop' | 'fit'>>('crop');
  /** Undefined until a person chooses. */
  #validation = $state<number | null | undefined>(undefined);

  get files(): readonly SourceFile[] {
    return this.#files;
  }

  /** What was dropped and is no photo, or could not be read. */
  get rejected(): readonly Rejection[] {
    return this.#rejected;
  }

  /** Of the first photos that the browser can decode. */
  get looks(): readonly PhotoLook[] {
    return this.#looks;
  }

  get validation(): number | null {
    return this.#validation === undefined ? validationPhotos(this.#files.length) : this.#validation;
  }
  set validation(photos: number | null) {
    this.#validation = photos;
  }

  /** The size of most of the photos; null while none could be looked at. */
  readonly common = $derived.by(() => mostCommon(this.#looks));
  /** Whether some photos have another shape than the dataset will have. */
  readonly differ = $derived.by(() => {
    const { common } = this;
    const ratio = (size: Size) => size.width / size.height;
    return common !== null && this.#looks.some((size) => Math.abs(ratio(size) / ratio(common) - 1) > 0.02);
  });

  /** What every photo comes to; null while that is not known. */
  readonly scale = $derived.by((): Scale | null => {
    const { common, longest } = this;
    if (!common || longest === null || !Number.isInteger(longest) || longest < 32 || longest > 2048) {
      return null;
    }
    return { ...photoSize(common, longest), mode: this.mode };
  });

  readonly freeName = $derived.by(() => {
    const taken = library.datasets.map(({ name }) => name);
    let free = 'Photos';
    for (let i = 2; taken.includes(free); i++) free = `Photos ${i}`;
    return free;
  });

  readonly classProblems = $derived(classProblems(this.classes));

  /** Why no dataset can be made of it, in a sentence; null where one can. */
  readonly problem = $derived.by((): string | null => {
    const photos = this.#files.length;
    const { validation } = this;
    if (photos === 0) return 'Choose photos, or drop them on this window.';
    const name = this.name.trim() || this.freeName;
    if (library.datasets.some((dataset) => dataset.name === name)) {
      return `There is already a dataset called ${name}. Give this one another name.`;
    }
    const wrong = this.classProblems.find(Boolean);
    if (wrong) return wrong;
    if (this.classes.length < 2) return 'Give two classes at least: with one there is nothing to learn.';
    if (this.longest === null || this.longest < 32 || this.longest > 2048) {
      return 'Give the longer side as a whole number from 32 to 2,048 pixels.';
    }
    if (validation === null || !Number.isInteger(validation) || validation < 0 || validation >= photos) {
      return `Give a whole number of photos for validation, from 0 to ${photos - 1}.`;
    }
    return this.scale ? null : 'None of the photos could be opened. Choose others.';
  });

  /** Adds photos; what is none, or could not be read, is listed. */
  async take(files: readonly SourceFile[], unreadable: readonly Rejection[] = []): Promise<void> {
    const known = new Set(this.#files.map(({ path }) => path));
    const photos = files.filter(({ path }) => picture.test(path) && !known.has(path));
    const others = files.filter(({ path }) => !picture.test(path));
    this.#rejected = [
      ...unreadable,
      ...others.map(({ path }) => ({ file: path, reason: 'This is not a PNG, JPEG, WebP, AVIF or BMP.' })),
    ];
    this.#files = [...this.#files, ...photos];
    const fresh = photos.slice(0, Math.max(0, looked - this.#looks.length));
    for (const photo of fresh) await this.#look(photo);
  }

  async #look({ path, file }: SourceFile): Promise<void> {
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' });
      const { width, height } = bitmap;
      const thumb = await createImageBitmap(bitmap, { resizeWidth: thumbWidth, resizeQuality: 'medium' });
      bitmap.close();
      // The photos may have been removed meanwhile.
      if (this.#files.some((photo) => photo.path === path)) {
        this.#looks = [...this.#looks, { path, width, height, thumb }];
      }
    } catch {
      // The import says of each file why it cannot be used.
    }
  }

  /** Shows what went wrong with a drop. */
  fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#rejected = [{ file: 'What was dropped', reason }];
  }

  addClass(): void {
    const taken = new Set(this.classes.map(({ colour }) => colour.join()));
    let id = this.classes.length;
    while (taken.has(defaultColour(id).join())) id++;
    this.classes.push({ name: '', colour: defaultColour(id) });
  }

  /** Takes the classes of a dataset, ids and all, so that models and label files of both agree. */
  classesOf(list: readonly LabelClass[]): void {
    this.classes = list.map(({ id, name, colour }) => ({ id, name, colour }));
  }

  clear(): void {
    this.#files = [];
    this.#rejected = [];
    this.#looks = [];
    this.name = '';
    this.#validation = undefined;
  }
}

/** The first of the sizes whose shape most of them have. */
function mostCommon(sizes: readonly Size[]): Size | null {
  const shape = ({ width, height }: Size) => (width / height).toFixed(2);
  const alike = (size: Size) => sizes.filter((other) => shape(other) === shape(size)).length;
  const most = Math.max(0, ...sizes.map(alike));
  return sizes.find((size) => alike(size) === most) ?? null;
}

export const photoForm = new PhotoForm();
