// The person's choices, checked before anything is stored.
import { AppError } from '../core/errors';
import { maxClasses } from './class-list';
import type { ImportSettings } from './import-types';
import type { ClassList, Size } from './types';

/** Throws AppError 'bad-settings' or 'bad-classes' saying which choice cannot be used and why. */
export function checkImportSettings(settings: ImportSettings): void {
  checkDatasetName(settings.name);
  const { validationPercent, seed } = settings;
  require(validationPercent >= 0 &&
    validationPercent <= 90, `The validation share is ${validationPercent} percent; it can be 0 to 90.`);
  require(Number.isInteger(seed) &&
    seed >= 0 &&
    seed < 2 ** 32, `The seed is ${seed}; it can be a whole number from 0 to 4294967295.`);
  checkSize('size', settings.scale);
  checkSize('tile size', settings.tile);
  checkTiling(settings);
  checkClasses(settings.classes);
}

/** What is wrong with choices that are each possible and do not fit together, in sentences. */
function checkTiling({ scale, tile, overlap = 0, maxVoidPercent = 100 }: ImportSettings): void {
  require(Number.isInteger(overlap) &&
    overlap >= 0, `The overlap of tiles is ${overlap}; it can be a whole number of pixels from 0.`);
  require(maxVoidPercent >= 0 &&
    maxVoidPercent <= 100, `The most void in a tile is ${maxVoidPercent} percent; it can be 0 to 100.`);
  if (!tile) {
    require(overlap ===
      0, 'Pictures that are stored whole have no overlap. Choose a tile size, or no overlap.');
    return;
  }
  require(overlap <
    Math.min(
      tile.width,
      tile.height,
    ), `An overlap of ${overlap} pixels is as large as a tile of ${tile.width} x ${tile.height}. Make it smaller.`);
  require(!scale ||
    (tile.width <= scale.width &&
      tile.height <=
        scale.height), `Tiles of ${tile.width} x ${tile.height} do not fit into pictures of ${scale?.width} x ${scale?.height}. Choose smaller tiles.`);
}

/** Throws AppError 'bad-settings' for an empty or overlong name. */
export function checkDatasetName(name: string): void {
  require(name.trim() !== '', 'The dataset has no name. Give it one.');
  require(name.length <= 200, 'The name is longer than 200 characters. Shorten it.');
}

function checkSize(what: string, size: Size | null): void {
  if (!size) return;
  const fits = [size.width, size.height].every(
    (side) => Number.isInteger(side) && side >= 32 && side <= 4096,
  );
  require(fits, `The ${what} is ${size.width} x ${size.height}; each side can be 32 to 4096 pixels.`);
}

function checkClasses({ classes, voidClass }: ClassList): void {
  const fail = (message: string) => {
    throw new AppError('bad-classes', message);
  };
  if (classes.length === 0) fail('There are no classes. Give a class list.');
  if (classes.length > maxClasses) fail(`There are ${classes.length} classes; the most is ${maxClasses}.`);
  const names = new Map<number, string>();
  for (const { id, name, colour } of [...classes, ...(voidClass ? [voidClass] : [])]) {
    if (!Number.isInteger(id) || id < 0 || id > 65535)
      fail(`Class "${name}" has the id ${id}; ids are 0 to 65535.`);
    const other = names.get(id);
    if (other !== undefined) fail(`Classes "${other}" and "${name}" have the same id ${id}.`);
    if (colour.some((value) => !Number.isInteger(value) || value < 0 || value > 255)) {
      fail(`Class "${name}" has the colour ${colour.join(' ')}; each number can be 0 to 255.`);
    }
    names.set(id, name);
  }
  const at255 = classes.find(({ id }) => id === 255);
  if (at255) fail(`Class "${at255.name}" has the id 255, which always means void in labels.`);
}

function require(condition: boolean, message: string): void {
  if (!condition) throw new AppError('bad-settings', message);
}
