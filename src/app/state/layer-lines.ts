// Which layer a line of the text belongs to.
import type { NetworkCheck } from '../../nets/check-network';

export interface LayerLines {
  name: string;
  first: number;
  last: number;
}

/** First and last line of each layer, in the order of the text. */
export function layerLines(prototxt: string, places: NetworkCheck['places']): LayerLines[] {
  return [...places]
    .map(([name, { line, start, end }]) => {
      let last = line;
      for (let at = prototxt.indexOf('\n', start); at >= 0 && at < end; at = prototxt.indexOf('\n', at + 1))
        last++;
      return { name, first: line, last };
    })
    .sort((a, b) => a.first - b.first);
}

/** The layer that a line belongs to, or null between layers. */
export function layerAtLine(lines: readonly LayerLines[], line: number): string | null {
  return lines.findLast(({ first, last }) => first <= line && line <= last)?.name ?? null;
}
