// Makes the repair that a problem offers.
import { applyEdits } from '../formats/prototxt';
import type { NetworkProblem } from './problem';

/** The text that the problem was found in, mended. */
export function applyFix(prototxt: string, { edits }: NonNullable<NetworkProblem['fix']>): string {
  return applyEdits(prototxt, edits);
}
