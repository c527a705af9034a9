// Two definitions side by side, line by line, as the article's Table 1 has them.

export interface LinePair {
  /** null where the other side has a line more. */
  before: string | null;
  after: string | null;
  changed: boolean;
}

/** How long a stretch of equal lines begins at each pair of lines: the table of the longest common subsequence. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] =
        a[i] === b[j] ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  return lengths;
}

/** Lines that stand in both texts lie side by side; between them changed lines meet in their order. */
export function pairLines(before: string, after: string): LinePair[] {
  const [a, b] = [before, after].map((text) => text.split(/\r?\n/)) as [string[], string[]];
  const lengths = commonLengths(a, b);
  const pairs: LinePair[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      pairs.push({ before: a[i++]!, after: b[j++]!, changed: false });
      continue;
    }
    const [gone, come]: [string[], string[]] = [[], []];
    while ((i < a.length || j < b.length) && !(i < a.length && a[i] === b[j])) {
      const drop = j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!);
      if (drop) gone.push(a[i++]!);
      else come.push(b[j++]!);
    }
    for (let at = 0; at < Math.max(gone.length, come.length); at++)
      pairs.push({ before: gone[at] ?? null, after: come[at] ?? null, changed: true });
  }
  return pairs;
}
