// The loss of scores against labels by its definition (../kernels/pixel-loss.ts), with its gradient by the chain rule through every probability.
import type { PixelLossAttrs } from '../kernels/pixel-loss';

type Settings = Omit<PixelLossAttrs, 'labels' | 'ignoreLabel'>;

/** Scores, by place and class, and a label each; none of them ignored. */
export function naiveLoss(
  places: readonly { scores: readonly number[]; label: number }[],
  { scale, gamma, dice, classWeights }: Settings,
): { loss: number; gradient: number[][] } {
  const classes = places[0]?.scores.length ?? 0;
  const every = Array.from({ length: classes }, (_, c) => c);
  const weight = (c: number) => classWeights?.[c] ?? 1;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const p = places.map(({ scores }) => {
    const most = Math.max(...scores);
    const all = sum(scores.map((score) => Math.exp(score - most)));
    return scores.map((score) => Math.exp(score - most) / all);
  });
  const isOf = (i: number, c: number) => (places[i]!.label === c ? 1 : 0);
  const P = every.map((c) => sum(p.map((values) => values[c]!)));
  const I = every.map((c) => sum(p.map((values, i) => values[c]! * isOf(i, c))));
  const T = every.map((c) => sum(p.map((_, i) => isOf(i, c))));
  const present = every.filter((c) => T[c]! > 0);
  const weights = sum(present.map(weight)) || 1;
  const diceLoss = sum(present.map((c) => (weight(c) / weights) * (1 - (2 * I[c]!) / (P[c]! + T[c]!))));
  const pixels = places.map(({ label }, i) => {
    const own = p[i]![label]!;
    return weight(label) * (1 - own) ** gamma * -Math.log(own);
  });
  const gradient = places.map(({ label }, i) => {
    const byProbability = every.map((c) => {
      const own = p[i]![c]!;
      const [q, w] = [1 - own, weight(c)];
      const falling = gamma ? gamma * q ** (gamma - 1) * Math.log(own) : 0;
      const pixel = c === label ? scale * w * (falling - q ** gamma / own) : 0;
      if (!dice || !T[c]) return pixel;
      const both = P[c]! + T[c];
      return pixel - (dice * (w / weights) * (2 * isOf(i, c) * both - 2 * I[c]!)) / both ** 2;
    });
    const mean = sum(every.map((c) => p[i]![c]! * byProbability[c]!));
    return every.map((c) => p[i]![c]! * (byProbability[c]! - mean));
  });
  return { loss: scale * sum(pixels) + dice * diceLoss, gradient };
}
