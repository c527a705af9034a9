// Draws one after another from a stream of the seed.
import { hash32, random32 } from '../../core/random';

/** Equal seeds and streams give equal draws. A fork is independent of how many draws its parent has made. */
export class Dice {
  readonly start: number;
  private count = 0;

  constructor(seed: number, stream: string, ...indices: readonly number[]) {
    this.start = random32(seed, stream, ...indices);
  }

  fork(stream: string, ...indices: readonly number[]): Dice {
    return new Dice(this.start, stream, ...indices);
  }

  /** 32 random bits. */
  bits(): number {
    this.count++;
    return hash32((this.start + Math.imul(this.count, 0x9e3779b1)) >>> 0);
  }

  /** A number in [0, 1). */
  next(): number {
    return this.bits() / 4294967296;
  }

  /** A number in [from, to). */
  range(from: number, to: number): number {
    return from + (to - from) * this.next();
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.next() * items.length)]!;
  }

  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const entries = Object.entries(weights) as [Name, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [name, weight] of entries) if ((left -= weight) < 0) return name;
    return entries[entries.length - 1]![0];
  }
}
