// Every random choice is a function of (seed, stream, index), so a run can be continued from its step number alone.

/** One round of the "lowbias32" integer hash (C. Wellons, hash-prospector); maps 32 bits to 32 bits, bijectively. */
export function hash32(value: number): number {
  let x = value >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** A 32-bit number for the given indices of a stream; equal arguments give equal numbers on every machine. */
export function random32(seed: number, stream: string, ...indices: readonly number[]): number {
  let h = hash32(seed ^ 0x9e3779b9);
  for (let i = 0; i < stream.length; i++) h = hash32(h ^ stream.charCodeAt(i));
  for (const index of indices) h = hash32((h + Math.imul(index, 0x9e3779b1)) >>> 0);
  return h;
}

/** A number in [0, 1), with 32 bits of resolution. */
export function randomUniform(seed: number, stream: string, ...indices: readonly number[]): number {
  return random32(seed, stream, ...indices) / 4294967296;
}

/** A standard normal number (Box-Muller on two draws of the stream). */
export function randomNormal(seed: number, stream: string, ...indices: readonly number[]): number {
  const u = (random32(seed, stream, ...indices, 0) + 1) / 4294967297;
  const v = random32(seed, stream, ...indices, 1) / 4294967296;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}

/** The numbers 0 .. length-1 in an order that depends only on the arguments (Fisher-Yates). */
export function permutation(
  length: number,
  seed: number,
  stream: string,
  ...indices: readonly number[]
): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  const start = random32(seed, stream, ...indices);
  for (let i = length - 1; i > 0; i--) {
    const j = random32(start, 'swap', i) % (i + 1);
    const swapped = order[i]!;
    order[i] = order[j]!;
    order[j] = swapped;
  }
  return order;
}
