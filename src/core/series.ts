// Functions whose last bit JavaScript leaves to the engine, by their series: additions and products alone, which IEEE 754 fixes, so that
// all machines get the same bits.

/** Sine and cosine of an angle in degrees, exact at its multiples of 90. */
export function sineCosine(degrees: number): { sine: number; cosine: number } {
  const quarters = Math.round(degrees / 90);
  const x = ((degrees - 90 * quarters) * Math.PI) / 180;
  // Up to a quarter of pi, the terms from x^17 on are less than the last bit.
  let sine = 0;
  let cosine = 0;
  for (let power = 16, sign = 1; power >= 0; power -= 2, sign = -sign) {
    cosine = sign * inverseFactorials[power]! + x * x * cosine;
    if (power > 0) sine = -sign * inverseFactorials[power - 1]! + x * x * sine;
  }
  sine *= x;
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return { sine, cosine };
    case 1:
      return { sine: cosine, cosine: -sine };
    case 2:
      return { sine: -sine, cosine: -cosine };
    default:
      return { sine: -cosine, cosine: sine };
  }
}

const inverseFactorials = [1];
for (let n = 1; n <= 16; n++) inverseFactorials.push(inverseFactorials[n - 1]! / n);

/** e^-x for x from 0 to 20. */
export function decay(x: number): number {
  let sum = 1;
  let term = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= x / n;
    sum += term;
  }
  return 1 / sum;
}
