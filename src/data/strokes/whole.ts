// Commands on all of a label map, in place.
import { VOID } from '../types';
import type { Paint } from './spans';

/** Gives every pixel without label the paint's class, unless void itself is locked. */
export function labelTheRest(labels: Uint8Array, { value, locked }: Paint): void {
  if (locked.has(VOID)) return;
  for (let i = 0; i < labels.length; i++) if (labels[i] === VOID) labels[i] = value;
}

/** Makes void of every pixel whose class is not locked. */
export function voidTheRest(labels: Uint8Array, locked: ReadonlySet<number>): void {
  for (let i = 0; i < labels.length; i++) if (!locked.has(labels[i]!)) labels[i] = VOID;
}

/** Takes a prediction's label wherever there is none yet, unless void itself is locked. */
export function takePrediction(
  labels: Uint8Array,
  prediction: Uint8Array,
  locked: ReadonlySet<number>,
): void {
  if (locked.has(VOID)) return;
  for (let i = 0; i < labels.length; i++) if (labels[i] === VOID) labels[i] = prediction[i]!;
}
