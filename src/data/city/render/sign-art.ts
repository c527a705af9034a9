// Faces of signs: shapes and colours as on streets anywhere, words in no language.
import type { Texel } from './facade-art';
import { grain } from './tile-noise';

type Face = (u: number, v: number) => Texel;

const ink = (r: number, g: number, b: number): Texel => [r, g, b, 0.5];
const white = ink(0.88, 0.88, 0.86);
const black = ink(0.1, 0.1, 0.1);
const red = ink(0.72, 0.12, 0.1);
const blue = ink(0.12, 0.25, 0.58);

const fromMiddle = (u: number, v: number) => Math.hypot(u - 0.5, v - 0.5);

/** Two strokes that look like figures from afar. */
const figures: Face = (u, v) =>
  (Math.abs(u - 0.4) < 0.05 || Math.abs(Math.hypot(u - 0.6, v - 0.5) - 0.1) < 0.04) &&
  Math.abs(v - 0.5) < 0.17
    ? black
    : white;

export const signTiles = {
  'sign-ring': ((u, v) => (fromMiddle(u, v) > 0.37 ? red : figures(u, v))) as Face,
  'sign-triangle': ((u, v) => {
    const inner = v > 0.13 && Math.abs(u - 0.5) < (0.86 - v) * 0.42;
    if (!inner) return red;
    return Math.abs(u - 0.5) < 0.045 && v > 0.22 && v < 0.6 ? black : white;
  }) as Face,
  'sign-disc': ((u, v) => {
    const arrow =
      (Math.abs(u - 0.5) < 0.06 && v > 0.2 && v < 0.7) ||
      (v > 0.55 && v < 0.8 && Math.abs(u - 0.5) < (0.8 - v) * 0.8);
    return arrow ? white : blue;
  }) as Face,
  'sign-arrow': ((u, v) => {
    if (u < 0.04 || u > 0.96 || v < 0.08 || v > 0.92) return white;
    const written =
      Math.abs(v - 0.5) < 0.2 &&
      u > 0.1 &&
      u < 0.7 &&
      grain(Math.floor(u * 24), Math.floor(v * 9), 201) > 0.4;
    const tip = u > 0.76 && Math.abs(v - 0.5) < (0.94 - u) * 1.4;
    return written || tip ? white : blue;
  }) as Face,
  'sign-bar': ((u, v) => (Math.abs(v - 0.5) < 0.1 && Math.abs(u - 0.5) < 0.33 ? white : red)) as Face,
  'sign-words': ((u, v) => {
    if (u < 0.05 || u > 0.95 || v < 0.05 || v > 0.95) return black;
    return grain(Math.floor(u * 16), Math.floor(v * 12), 202) > 0.62 &&
      Math.floor(v * 12) % 2 &&
      u > 0.12 &&
      u < 0.88
      ? black
      : white;
  }) as Face,
  poster: ((u, v) => {
    if (u < 0.04 || u > 0.96 || v < 0.04 || v > 0.96) return ink(0.3, 0.3, 0.32);
    const shape = Math.hypot(u - 0.35, v - 0.62) < 0.22;
    const stripe = v < 0.3 && v > 0.22 + 0.05 * Math.sin(u * 9);
    return shape ? ink(0.85, 0.62, 0.3) : stripe ? white : ink(0.35 + 0.3 * v, 0.4, 0.5 - 0.2 * v);
  }) as Face,
};
