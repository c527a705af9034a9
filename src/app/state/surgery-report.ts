// What a proof found, in words and rows.
import type { SurgeryReport } from '../../rpc/contract';
import { count, plural } from './format';

export interface RankedScore {
  /** Position among the scores, from 0. */
  output: number;
  score: number;
}

/** The largest scores, the largest first. */
export function largestScores(scores: readonly number[], most = 5): RankedScore[] {
  return scores
    .map((score, output) => ({ output, score }))
    .sort((a, b) => b.score - a.score || a.output - b.output)
    .slice(0, most);
}

/** A score with five digits, so that rounding shows where it is more than the last of them. */
export function score(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-3 || size >= 1e5) ? value.toExponential(4) : value.toPrecision(5);
  return text.replace('-', '−').replace('e−', 'e-');
}

/** A small number as people read it: 0, 0.013, 3.1 × 10⁻⁸. */
export function tiny(value: number): string {
  if (!Number.isFinite(value)) return 'not a number';
  if (value === 0) return '0';
  if (value >= 0.001) return value >= 100 ? count(value) : value.toPrecision(2);
  const exponent = Math.floor(Math.log10(value));
  const digits = String(-exponent).replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!);
  return `${(value / 10 ** exponent).toFixed(1)}\u00a0×\u00a010⁻${digits}`;
}

/** Seconds with two or three digits: "41 ms", "3.2 s", "2 min 5 s". */
export function time(seconds: number): string {
  if (seconds < 0.9995)
    return `${(seconds * 1000).toPrecision(seconds < 0.0995 ? 2 : 3)} ms`.replace('.0 ', ' ');
  if (seconds < 60) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Differences below this share of the scores are the rounding of numbers with 24 bits, summed up in another order. */
export const ROUNDING = 1e-4;

/** Whether both networks agree, as a sentence. */
export function windowVerdict({ window, scores }: Pick<SurgeryReport, 'window' | 'scores'>): string {
  const numbers = plural(scores.before.length, 'score');
  if (window.largest === 0) return `All ${numbers} are the same to the last bit.`;
  return window.relative < ROUNDING
    ? `All ${numbers} are the same but for rounding in the last of their seven digits: the largest difference is ${tiny(window.largest)}.`
    : `The scores differ by up to ${tiny(window.largest)}, which is more than rounding. This should not happen; please report it.`;
}

/** "conv2, conv3 and conv4" */
function listed(names: readonly string[]): string {
  const most = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  return most.length < 2 ? most.join('') : `${most.slice(0, -1).join(', ')} and ${most.at(-1)}`;
}

/** What the comparison position by position says, and what padding has to do with it. */
export function positionVerdict({
  positions,
  borders,
}: Pick<SurgeryReport, 'positions' | 'borders'>): string[] {
  const of = `At ${plural(positions.compared, 'position')} the window’s scores were compared with those of the pass.`;
  const padded = borders.filter(({ why }) => why === 'zeros').map(({ layer }) => layer);
  const cut = borders.filter(({ why }) => why === 'nothing').map(({ layer }) => layer);
  if (positions.relative < ROUNDING) {
    return [
      `${of} They are the same but for rounding: the largest difference is ${tiny(positions.largest)}.`,
    ];
  }
  const share = (positions.relative * 100).toPrecision(2);
  const verdict = `${of} They differ by ${Number(share)} % of their size, at most by ${tiny(positions.largest)}.`;
  if (!borders.length) return [verdict, 'No layer explains it. This should not happen; please report it.'];
  return [
    verdict,
    ...(padded.length
      ? [
          `That is the padding: at the edge of a window that stands alone, ${listed(padded)} ${padded.length > 1 ? 'see' : 'sees'} ` +
            'zeros. Within the image they see the pixels around the window. The weights are the same, what they are given is not.',
        ]
      : []),
    ...(cut.length
      ? [
          `${listed(cut)} ${cut.length > 1 ? 'have' : 'has'} a last window that the edge cuts off; within the image it is whole.`,
        ]
      : []),
    'Without padding, and where no edge cuts a window off, each position gives exactly the scores of its window.',
  ];
}
