// Vectors of four floats.

/** a * b + c, rounded once where the processor can and the program was compiled for it (relaxed SIMD). */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Four rows of `length` floats each become `length` rows of four, which lie `stride` bytes apart. */
export function transposeRows(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  length: i32,
  to: usize,
  stride: usize,
): void {
  let left = length;
  for (; left >= 4; left -= 4) {
    const a = v128.load(p0);
    const b = v128.load(p1);
    const c = v128.load(p2);
    const d = v128.load(p3);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(ab, cd, 0, 2));
    to += stride;
    v128.store(to, v128.shuffle<f64>(ab, cd, 1, 3));
    to += stride;
    v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
    to += stride;
    v128.store(to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
    to += stride;
    p0 += 16;
    p1 += 16;
    p2 += 16;
    p3 += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(p0));
    store<f32>(to, load<f32>(p1), 4);
    store<f32>(to, load<f32>(p2), 8);
    store<f32>(to, load<f32>(p3), 12);
    to += stride;
    p0 += 4;
    p1 += 4;
    p2 += 4;
    p3 += 4;
  }
}

/** The `count` floats from `from` on, of which only four count; what lies past them is 0. */
export function loadSome(from: usize, count: i32): v128 {
  return count >= 4 ? v128.load(from) : loadFew(from, count);
}

/** Stores the first `count` of four floats, all four where it is more. */
export function storeSome(to: usize, values: v128, count: i32): void {
  if (count >= 4) v128.store(to, values);
  else storeFew(to, values, count);
}

// Apart, so that the compiler puts the others into the loops that call them.
function loadFew(from: usize, count: i32): v128 {
  let values = v128.load_zero<f32>(from);
  if (count > 1) values = v128.load_lane<f32>(from, values, 1, 4);
  if (count > 2) values = v128.load_lane<f32>(from, values, 2, 8);
  return values;
}

function storeFew(to: usize, values: v128, count: i32): void {
  v128.store_lane<f32>(to, values, 0);
  if (count > 1) v128.store_lane<f32>(to, values, 1, 4);
  if (count > 2) v128.store_lane<f32>(to, values, 2, 8);
}
