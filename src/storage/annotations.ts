// What annotating writes: the label map of one tile, and further classes.
import { classProblems } from '../data/class-edit';
import { maxClasses } from '../data/class-list';
import { deflateLabels } from '../data/label-codec';
import { countPixels } from '../data/statistics';
import { VOID, type DatasetId, type LabelClass, type PixelCounts, type TileKey } from '../data/types';
import { AppError } from '../core/errors';
import { write } from './database';
import { changeLabels, getDataset, noDataset } from './datasets';

/**
 * Gives a tile another label map, one byte a pixel; `classIds` are those of the classes that its values stand for. Throws AppError
 * 'not-found' where the tile is gone, 'bad-label' where its dataset has other classes by now.
 */
export async function putLabelMap(
  key: TileKey,
  labels: Uint8Array,
  classIds: readonly number[],
): Promise<void> {
  const record = await getDataset(key.dataset);
  if (!record) throw noDataset();
  if (classIds.some((id, position) => record.classes[position]?.id !== id)) {
    throw new AppError(
      'bad-label',
      'The classes of this dataset were changed meanwhile, perhaps in another tab. Reload the page; the last stroke is not stored.',
    );
  }
  const pixels = countPixels(labels, record.classes.length);
  await changeLabels(key.dataset, [{ ...key, labels: deflateLabels(labels), pixels }]);
}

/**
 * Adds a class after the last one, so that stored label maps stay as they are. Throws AppError 'not-found', or 'bad-classes' for a
 * name or colour that another class has, and where there is no room for one more.
 */
export function appendClass(id: DatasetId, added: Pick<LabelClass, 'name' | 'colour'>): Promise<void> {
  return write(['tiles', 'datasets'], 'strict', async (transaction) => {
    const record = await transaction.objectStore('datasets').get(id);
    if (!record) throw noDataset();
    const { classes, voidClass, pixels } = record;
    if (classes.length >= maxClasses) {
      throw new AppError(
        'bad-classes',
        `This dataset has ${classes.length} classes already, which is the most.`,
      );
    }
    const name = added.name.trim();
    const others = [...classes, ...(voidClass ? [voidClass] : [])];
    const problem = classProblems([...others, { ...added, name }]).at(-1);
    if (problem) throw new AppError('bad-classes', problem);
    const one = { id: freeId(others), name, colour: added.colour };
    let cursor = await transaction.objectStore('tiles').openCursor(IDBKeyRange.bound([id], [id, []]));
    for (; cursor; cursor = await cursor.continue()) {
      await cursor.update({ ...cursor.value, pixels: withOneMore(cursor.value.pixels) });
    }
    await transaction.objectStore('datasets').put({
      ...record,
      classes: [...classes, one],
      pixels: { train: withOneMore(pixels.train), val: withOneMore(pixels.val) },
    });
  });
}

/** The smallest id above all others, or the smallest that is free; 255 always means void in label files. */
function freeId(classes: readonly LabelClass[]): number {
  const taken = new Set([VOID, ...classes.map(({ id }) => id)]);
  const next = Math.max(-1, ...classes.map(({ id }) => id)) + 1;
  if (next < VOID) return next;
  let id = 0;
  while (taken.has(id)) id++;
  return id;
}

const withOneMore = (counts: PixelCounts): PixelCounts => ({ ...counts, classes: [...counts.classes, 0] });
