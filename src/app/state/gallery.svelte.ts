// What a person looks at in the galleries of datasets. It outlives the page, so that coming back shows the same tiles.
import { noFilter, type TileFilter, type TileOrder } from '../../data/tile-index';
import { VOID, type DatasetId, type DatasetRecord } from '../../data/types';

export type TileView = 'all' | 'image' | 'label' | 'overlay';

export const tileViews: readonly { id: TileView; title: string }[] = [
  { id: 'all', title: 'Side by side' },
  { id: 'image', title: 'Image' },
  { id: 'label', title: 'Label' },
  { id: 'overlay', title: 'Overlay' },
];

/** The filter of one dataset's gallery, and where it was scrolled to. */
export class GalleryChoice {
  filter = $state.raw<TileFilter>(noFilter);
  order = $state<TileOrder>('stored');
  /** Of the page, in pixels. */
  top = 0;

  get isFiltered(): boolean {
    const { split, name, present } = this.filter;
    return split !== 'all' || name.trim() !== '' || present !== null;
  }

  set(change: Partial<TileFilter>): void {
    this.filter = { ...this.filter, ...change };
  }

  clear(): void {
    this.filter = noFilter;
  }
}

class Galleries {
  view = $state<TileView>('all');
  /** Wanted width of a picture in pixels. */
  zoom = $state(160);
  opacity = $state(0.6);
  readonly #choices = new Map<DatasetId, GalleryChoice>();

  /** The choice for a dataset; a class that it has no more is not looked for. */
  of({ id, classes }: Pick<DatasetRecord, 'id' | 'classes'>): GalleryChoice {
    const choice = this.#choices.get(id) ?? new GalleryChoice();
    this.#choices.set(id, choice);
    const { present } = choice.filter;
    if (present !== null && present !== VOID && present >= classes.length) choice.set({ present: null });
    return choice;
  }

  /** After a merge other classes have the positions. */
  forgetClass(id: DatasetId): void {
    this.#choices.get(id)?.set({ present: null });
  }
}

export const galleries = new Galleries();

/** A filter in words, as "validation tiles with 5 to 40 % car in pictures named street"; empty for none. */
export function filterText(filter: TileFilter, classes: DatasetRecord['classes']): string {
  const { split, name, present, from, to } = filter;
  const which = { all: 'tiles', train: 'training tiles', val: 'validation tiles' }[split];
  const title = present === null ? '' : present === VOID ? 'void' : (classes[present]?.name ?? '');
  const share = from > 0 || to < 100 ? `${from} to ${to} % ` : '';
  const parts = [
    which,
    ...(present === null ? [] : [`with ${share}${title}`]),
    ...(name.trim() ? [`of pictures named "${name.trim()}"`] : []),
  ];
  return parts.length === 1 && split === 'all' ? '' : parts.join(' ');
}
