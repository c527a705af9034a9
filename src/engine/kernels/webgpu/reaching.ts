// Which coarse rows or columns an upsampling reads for one of its output: those whose window of `kernel` places, `stride` apart, covers it.

/** WGSL: the first and the last of `count` that reach `at`, a place of the output with the padding. The last is before the first where none does. */
export function reaching(
  at: string,
  count: number,
  kernel: number,
  stride: number,
): [first: string, last: string] {
  // The numerator is kept from falling below zero: a division rounds towards zero.
  return [`max(${at} - ${kernel - stride}, 0) / ${stride}`, `min(${at} / ${stride}, ${count - 1})`];
}
