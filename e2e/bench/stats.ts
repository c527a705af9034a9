// Small helpers of the tables.

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** A row of a table in Markdown. */
export const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** The first rows of a table in Markdown. */
export const head = (...cells: readonly string[]): string =>
  `${row(...cells)}\n|${'---|'.repeat(cells.length)}`;

export const percent = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** For scores, whose second decimal may matter. */
export const finePercent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** "480x360" as numbers; null for anything else. */
export function parseSize(text: string | undefined): { width: number; height: number } | null {
  const size = /^(\d+)x(\d+)$/.exec(text ?? '');
  return size && { width: Number(size[1]), height: Number(size[2]) };
}
