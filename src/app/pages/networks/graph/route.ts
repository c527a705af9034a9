// The way of an edge: upright out of a node, across in the gaps between ranks, upright into the next.

export interface Point {
  x: number;
  y: number;
}

interface Box extends Point {
  width: number;
  height: number;
}

/** A smooth way through the points that leaves and arrives upright. */
function curve(points: readonly Point[]): string {
  const f = (value: number) => value.toFixed(1);
  const [first, ...rest] = points;
  let { x, y } = first!;
  let path = `M${f(x)} ${f(y)}`;
  for (const next of rest) {
    if (next.y - y < 0.5) continue;
    const middle = f((y + next.y) / 2);
    path +=
      x === next.x ? `V${f(next.y)}` : `C${f(x)} ${middle} ${f(next.x)} ${middle} ${f(next.x)} ${f(next.y)}`;
    ({ x, y } = next);
  }
  return path;
}

/**
 * Where an edge leaves or reaches a node whose middle is given: in the middle where the way leads straight on, else shifted
 * towards where it leads, so that edges do not meet in one point.
 */
function port({ x, width }: Box, towards: number): number {
  const middle = x + width / 2;
  const most = width / 2 - 14;
  return middle + Math.max(-most, Math.min(most, (towards - middle) * 0.6));
}

/**
 * SVG path data from one box to another. `found` is what dagre says: its first and last point lie on the boxes of columns, the next
 * ones in the middle of the gaps between ranks. The whole gap is used, and the rest goes straight down.
 */
export function route(from: Box, to: Box, found: readonly Point[], rankGap: number): string {
  const way = found.slice(1, -1);
  const first = way[0];
  const last = way.at(-1);
  const start = { x: port(from, first?.x ?? to.x + to.width / 2), y: from.y + from.height };
  const end = { x: port(to, last?.x ?? from.x + from.width / 2), y: to.y };
  if (!first || !last) return curve([start, end]);
  const half = rankGap / 2;
  const lane =
    way.length > 1
      ? [{ x: first.x, y: first.y + half }, ...way.slice(1, -1), { x: last.x, y: last.y - half }]
      : [];
  return curve([
    start,
    { x: start.x, y: Math.max(start.y, first.y - half) },
    ...lane,
    { x: end.x, y: Math.min(end.y, last.y + half) },
    end,
  ]);
}
