// What a command says on standard error while it works.
import type { ImportProgress } from '../../src/data/import-types';
import type { TileProgress } from '../../src/data/tile-meter';
import type { RunEvent } from '../../src/training/types';

/** A printer that drops lines that follow another within a second. */
export function everySecond(): (line: string) => void {
  let last = 0;
  return (line) => {
    const now = Date.now();
    if (now - last < 1000) return;
    last = now;
    console.error(line);
  };
}

const left = (seconds: number | null) => (seconds === null ? '' : `, ${Math.round(seconds)} s left`);

export function importPrinter(): (value: unknown) => void {
  const print = everySecond();
  return (value) => {
    const { phase, done, total, tiles, rejected, pairsPerSecond, secondsLeft } = value as ImportProgress;
    const rate = `${pairsPerSecond.toFixed(1)} pairs/s${left(secondsLeft)}`;
    print(`${phase} ${done} of ${total} pairs, ${tiles} tiles, ${rejected} rejected, ${rate}`);
  };
}

export function trainPrinter(): (value: unknown) => void {
  const print = everySecond();
  return (value) => {
    const event = value as RunEvent;
    if (event.kind === 'phase') console.error(`${event.phase} ...`);
    if (event.kind === 'lost') {
      console.error(
        `${event.error.message} Going on from the last snapshot (loss ${event.losses} in a row).`,
      );
    }
    if (event.kind === 'paused' && event.error) console.error(event.error.message);
    if (event.kind === 'validating') print(`validating ${event.done} of ${event.total}`);
    if (event.kind === 'progress') {
      const { step, steps, epoch, losses, imagesPerSecond, secondsLeft } = event;
      const rate = `${imagesPerSecond.toFixed(2)} images/s${left(secondsLeft)}`;
      print(`epoch ${epoch}, step ${step} of ${steps}, loss ${losses.at(-1)?.toFixed(4) ?? '?'}, ${rate}`);
    }
    if (event.kind === 'epoch') {
      const { epoch, trainLoss, valLoss, pixelAccuracy, meanIoU, seconds } = event.record;
      const losses = `loss ${trainLoss.toFixed(4)}, validation ${valLoss.toFixed(4)}`;
      const scores = `pixel accuracy ${pixelAccuracy.toFixed(4)}, mean IoU ${meanIoU.toFixed(4)}`;
      console.error(`epoch ${epoch} done in ${seconds.toFixed(1)} s: ${losses}, ${scores}`);
    }
  };
}

export function tilePrinter(verb: string): (value: unknown) => void {
  const print = everySecond();
  return (value) => {
    const { done, total, perSecond, secondsLeft } = value as TileProgress;
    print(`${verb} ${done} of ${total} tiles, ${perSecond.toFixed(1)} tiles/s${left(secondsLeft)}`);
  };
}

/** For verbs that count images. */
export function countPrinter(verb: string): (value: unknown) => void {
  const print = everySecond();
  return (value) => {
    const [done, total] = value as [number, number];
    print(`${verb} ${done} of ${total}`);
  };
}
