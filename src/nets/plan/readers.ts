// How often each value is read in a pass, so that it can go after its last reader.
import type { Step } from './plan';

/**
 * By value: one for each step that reads it, each backward step that will (where `saves` says that forward keeps for it), and each place in
 * `wanted`.
 */
export function countReaders(
  steps: readonly Step[],
  wanted: readonly number[],
  saves: (step: Step) => boolean,
): Map<number, number> {
  const readers = new Map<number, number>();
  const count = (value: number) => readers.set(value, (readers.get(value) ?? 0) + 1);
  for (const step of steps) {
    step.inputs.forEach(count);
    if (!saves(step)) continue;
    step.inputs.forEach((value, i) => step.keeps.bottoms[i] && count(value));
    if (step.keeps.tops) step.outputs.forEach(count);
  }
  wanted.forEach(count);
  return readers;
}

/** By parameter, in how many places these steps have it. */
export function countUsers(steps: Iterable<Step>): Map<string, number> {
  const users = new Map<string, number>();
  for (const { params } of steps) for (const name of params) users.set(name, (users.get(name) ?? 0) + 1);
  return users;
}

/**
 * The first block of a training step: all up to the first pooling, where pictures are largest. Its values can be let go and computed again
 * when backward comes to it, for time instead of memory. Empty where backward does not come there, or nothing would be saved.
 */
export function firstBlock(steps: readonly Step[]): Step[] {
  const end = steps.findIndex(({ layer }) => layer.type === 'Pooling');
  const block = steps.slice(0, end + 1);
  return block.some(({ backward }) => backward) ? block : [];
}
