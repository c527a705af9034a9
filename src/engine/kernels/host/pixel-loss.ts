// The loss of pixel after pixel in float64, see ../pixel-loss.ts. With Dice every pixel comes twice: first its probabilities are summed up.
import { diceClasses, NEAR_CERTAIN, type PixelLossAttrs } from '../pixel-loss';

export class PixelLoss {
  readonly #attrs: PixelLossAttrs;
  readonly #share: number[];
  readonly #truth: number[];
  /** P and I by class, then in their place A and B. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  #pixels = 0;
  #dice = 0;
  /** Of the pixel at hand: the exponentials' sum, that of the other classes' shares, and -log p[y]. */
  #sum = 0;
  #others = 0;
  #loss = 0;

  constructor(attrs: PixelLossAttrs, classes: number) {
    const { truth, share } = diceClasses(attrs, attrs.dice ? classes : 0);
    this.#attrs = attrs;
    this.#truth = truth;
    this.#share = share;
    this.#a = new Float64Array(truth.length);
    this.#b = new Float64Array(truth.length);
  }

  /** Adds a pixel to the sums of the Dice loss. Its scores become exponentials. */
  addToDice(pixel: Float64Array, label: number): void {
    this.#exponentials(pixel, label);
    for (let c = 0; c < pixel.length; c++) this.#a[c]! += pixel[c]! / this.#sum;
    this.#b[label]! += pixel[label]! / this.#sum;
  }

  /** To be called when all pixels are in the sums. */
  endDice(): void {
    const { dice } = this.#attrs;
    this.#share.forEach((share, c) => {
      const both = this.#a[c]! + this.#truth[c]!;
      const overlap = (2 * this.#b[c]!) / both;
      this.#dice += dice * share * (1 - overlap);
      this.#a[c] = (-2 * dice * share) / both;
      this.#b[c] = (dice * share * overlap) / both;
    });
  }

  /** Adds a pixel to the loss. Its scores become the loss's gradient for them. */
  differentiate(pixel: Float64Array, label: number): void {
    const { scale, gamma, dice, classWeights } = this.#attrs;
    this.#exponentials(pixel, label);
    const sum = this.#sum;
    let factor = scale * (classWeights ? classWeights[label]! : 1);
    if (gamma) {
      const q = this.#others / sum;
      const r = q < NEAR_CERTAIN ? 1 + q * (1 / 2 + q * (1 / 3 + q / 4)) : this.#loss / q;
      const focus = factor * q ** gamma;
      this.#pixels += focus * this.#loss;
      factor = focus * (1 + (gamma * r * pixel[label]!) / sum);
    } else this.#pixels += factor * this.#loss;
    if (dice) return this.#addDice(pixel, label, factor);
    const each = factor / sum;
    for (let c = 0; c < pixel.length; c++) pixel[c]! *= each;
    pixel[label]! -= factor;
  }

  get total(): number {
    return this.#pixels + this.#dice;
  }

  #addDice(pixel: Float64Array, label: number, factor: number): void {
    const own = (pixel[label]! / this.#sum) * this.#a[label]!;
    let mean = own;
    for (let c = 0; c < pixel.length; c++) {
      pixel[c]! /= this.#sum;
      mean += pixel[c]! * this.#b[c]!;
    }
    for (let c = 0; c < pixel.length; c++) pixel[c]! *= factor + this.#b[c]! - mean;
    pixel[label]! -= factor - own;
  }

  #exponentials(pixel: Float64Array, label: number): void {
    let max = -Infinity;
    for (let c = 0; c < pixel.length; c++) if (pixel[c]! > max) max = pixel[c]!;
    const own = pixel[label]!;
    let others = 0;
    for (let c = 0; c < pixel.length; c++) {
      pixel[c] = Math.exp(pixel[c]! - max);
      if (c !== label) others += pixel[c]!;
    }
    this.#others = others;
    this.#sum = others + pixel[label]!;
    this.#loss = Math.log(this.#sum) + max - own;
  }
}
