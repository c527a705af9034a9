// What can be said against a network, with its place in the text.
import type { TextEdit } from '../formats/prototxt';

export interface NetworkProblem {
  /** An error keeps the network from running; a warning does not, but is hardly ever meant. */
  severity: 'error' | 'warning';
  message: string;
  /** Line in the prototxt, from 1. */
  line: number;
  /** The place in the text, in UTF-16 units; where they are missing, the whole line is meant. */
  start?: number;
  end?: number;
  /** The layer's name, where the problem is a layer's. */
  layer?: string;
  /** A repair that may be applied as it is. */
  fix?: { label: string; edits: TextEdit[] };
}
