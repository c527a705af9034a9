// How tests compare numbers: by relative norm, and never mistaking NaN or an unwritten element for a match.

/** ||actual - expected|| / ||expected||; Infinity where a value is not finite or the lengths differ. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length || actual.length === 0) return Infinity;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (!Number.isFinite(a) || !Number.isFinite(e)) return Infinity;
    difference += (a - e) ** 2;
    norm += e * e;
  }
  if (norm === 0) return difference === 0 ? 0 : Infinity;
  return Math.sqrt(difference / norm);
}
