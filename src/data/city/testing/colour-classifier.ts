// How much of a picture's labels its colours give away.

/** A pixel: its colour (0 to 255), its class and the number of its frame. */
export interface ColourPoint {
  rgb: number[];
  label: number;
  frame: number;
}

/**
 * The share of points of every fourth frame whose class is found by multinomial logistic regression on their colours alone, fitted to the
 * other frames by gradient descent with momentum.
 */
export function colourAccuracy(points: readonly ColourPoint[], classes: number): number {
  const features = points.map(({ rgb }) => [...rgb.map((value) => (value - 110) / 60), 1]);
  const isTest = points.map(({ frame }) => frame % 4 === 0);
  const weights = new Float64Array(classes * 4);
  const speed = new Float64Array(classes * 4);
  const scores = new Float64Array(classes);
  const score = (x: readonly number[]) => {
    for (let c = 0; c < classes; c++)
      scores[c] = x.reduce((sum, value, j) => sum + value * weights[c * 4 + j]!, 0);
  };
  const fitted = isTest.filter((test) => !test).length;
  for (let round = 0; round < 400; round++) {
    const gradient = new Float64Array(classes * 4);
    features.forEach((x, i) => {
      if (isTest[i]) return;
      score(x);
      const top = Math.max(...scores);
      const exps = scores.map((value) => Math.exp(value - top));
      const sum = exps.reduce((a, b) => a + b);
      for (let c = 0; c < classes; c++) {
        const error = exps[c]! / sum - (points[i]!.label === c ? 1 : 0);
        for (let j = 0; j < 4; j++) gradient[c * 4 + j]! += error * x[j]!;
      }
    });
    for (let k = 0; k < weights.length; k++) {
      speed[k] = 0.9 * speed[k]! - (0.5 * gradient[k]!) / fitted;
      weights[k]! += speed[k]!;
    }
  }
  let right = 0;
  features.forEach((x, i) => {
    if (!isTest[i]) return;
    score(x);
    if (scores.indexOf(Math.max(...scores)) === points[i]!.label) right++;
  });
  return right / (points.length - fitted);
}
