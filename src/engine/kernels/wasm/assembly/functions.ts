// Exponentials and logarithms of vectors of four floats. Not AssemblyScript's own: those keep tables at the beginning of a memory that is not
// theirs here.
import { multiplyAdd } from './vectors';

/** The binary logarithm of e; the logarithm of 2 as a float of few digits, whose multiples are exact, and what is left of it. */
const LOG2_E: f32 = 1.4426950408889634;
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.1219444005469057e-4;

/** 2^n for whole n from -126 to 127. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** e^x to a unit in the last place or so: 2^n times the exponential's series, to the seventh power, of what is left of x: at most ln(2) / 2. */
export function exponential(x: v128): v128 {
  // Beyond these there is nothing but 0 and Infinity; NaN stays.
  const bound = f32x4.max(f32x4.min(x, f32x4.splat(150)), f32x4.splat(-150));
  const n = f32x4.nearest(f32x4.mul(bound, f32x4.splat(LOG2_E)));
  let r = f32x4.sub(bound, f32x4.mul(n, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(LN2_LOW)));
  let sum = f32x4.splat(1.0 / 5040.0);
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 720.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 120.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 24.0));
  sum = multiplyAdd(sum, r, f32x4.splat(1.0 / 6.0));
  sum = multiplyAdd(sum, r, f32x4.splat(0.5));
  sum = f32x4.add(multiplyAdd(f32x4.mul(r, r), sum, r), f32x4.splat(1));
  // In two halves: 2^n alone may be too large for a float though the product is not.
  const whole = i32x4.trunc_sat_f32x4_s(n);
  const half = i32x4.shr_s(whole, 1);
  return f32x4.mul(f32x4.mul(sum, powerOfTwo(half)), powerOfTwo(i32x4.sub(whole, half)));
}

/** ln(x) for x that are 0 or normal: e ln(2) + ln(m), ln(m) = 2 artanh((m - 1) / (m + 1)) by its series, to the ninth power. */
export function logarithm(x: v128): v128 {
  // m from sqrt(1/2) to sqrt(2): the exponent's bits count from there.
  const from = i32x4.splat(0x3f3504f3);
  const e = i32x4.shr_s(i32x4.sub(x, from), 23);
  const m = i32x4.sub(x, i32x4.shl(e, 23));
  const one = f32x4.splat(1);
  const z = f32x4.div(f32x4.sub(m, one), f32x4.add(m, one));
  const square = f32x4.mul(z, z);
  let sum = f32x4.splat(2.0 / 9.0);
  sum = multiplyAdd(sum, square, f32x4.splat(2.0 / 7.0));
  sum = multiplyAdd(sum, square, f32x4.splat(2.0 / 5.0));
  sum = multiplyAdd(sum, square, f32x4.splat(2.0 / 3.0));
  sum = multiplyAdd(f32x4.mul(sum, square), z, f32x4.add(z, z));
  const n = f32x4.convert_i32x4_s(e);
  let log = multiplyAdd(n, f32x4.splat(LN2_HIGH), multiplyAdd(n, f32x4.splat(LN2_LOW), sum));
  const zero = f32x4.splat(0);
  log = v128.bitselect(f32x4.splat(-Infinity), log, f32x4.eq(x, zero));
  log = v128.bitselect(f32x4.splat(NaN), log, f32x4.lt(x, zero));
  // Infinity and NaN are their own.
  return v128.bitselect(log, x, f32x4.lt(x, f32x4.splat(Infinity)));
}
