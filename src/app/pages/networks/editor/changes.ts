// From one text to another in as few and as small changes as are worth finding, so that cursor and scroll stay.

export interface TextChange {
  from: number;
  to: number;
  insert: string;
}

/** How many lines may differ before the stretch between them is replaced as a whole. */
const MOST = 300;

/** Matching lines of two lists, as pairs of positions: the longest common subsequence, by Myers' greedy search; null where too far apart. */
function commonLines(a: readonly string[], b: readonly string[]): [number, number][] | null {
  const reach = new Map<number, number>([[1, 0]]);
  const history: Map<number, number>[] = [];
  for (let edits = 0; edits <= MOST; edits++) {
    history.push(new Map(reach));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const left = reach.get(diagonal - 1) ?? -1;
      const right = reach.get(diagonal + 1) ?? -1;
      let x = diagonal === -edits || (diagonal !== edits && left < right) ? right : left + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      reach.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return walkBack(history, a.length, b.length);
    }
  }
  return null;
}

function walkBack(
  history: readonly Map<number, number>[],
  aLength: number,
  bLength: number,
): [number, number][] {
  const pairs: [number, number][] = [];
  let x = aLength;
  let y = bLength;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const reach = history[edits]!;
    const diagonal = x - y;
    const left = reach.get(diagonal - 1) ?? -1;
    const right = reach.get(diagonal + 1) ?? -1;
    const before = diagonal === -edits || (diagonal !== edits && left < right) ? diagonal + 1 : diagonal - 1;
    const startX = edits === 0 ? 0 : reach.get(before)!;
    const startY = edits === 0 ? 0 : startX - before;
    while (x > startX && y > startY) pairs.push([--x, --y]);
    [x, y] = [startX, startY];
  }
  return pairs.reverse();
}

/** The one change that keeps what both texts begin and end with; none where they are the same. */
function trimmed(before: string, after: string, offset: number): TextChange[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return [
    {
      from: offset + start,
      to: offset + before.length - end,
      insert: after.slice(start, after.length - end),
    },
  ];
}

/** Changes, in order and with offsets in `before`, that turn it into `after`. */
export function changesBetween(before: string, after: string): TextChange[] {
  const [whole] = trimmed(before, after, 0);
  if (!whole) return [];
  // Whole lines, each with its break, around what differs.
  const start = before.slice(0, whole.from).lastIndexOf('\n') + 1;
  const lineEnd = before.indexOf('\n', whole.to) + 1 || before.length;
  const old = before.slice(start, lineEnd).split(/(?<=\n)/);
  const next = after.slice(start, after.length - (before.length - lineEnd)).split(/(?<=\n)/);
  const pairs = old.length > 2 ? commonLines(old, next) : null;
  if (!pairs) return [whole];
  const changes: TextChange[] = [];
  let [oldLine, nextLine, offset] = [0, 0, start];
  for (const [i, j] of [...pairs, [old.length, next.length] as const]) {
    const gone = old.slice(oldLine, i).join('');
    changes.push(...trimmed(gone, next.slice(nextLine, j).join(''), offset));
    offset += gone.length + (old[i]?.length ?? 0);
    [oldLine, nextLine] = [i + 1, j + 1];
  }
  return changes;
}
