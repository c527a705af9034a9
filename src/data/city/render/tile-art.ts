// Paints the tiles. Alpha says what a texel is: 1 takes the tint, 1/2 keeps its own colour, 0 is glass.
import { facadeTiles, type Texel } from './facade-art';
import { signTiles } from './sign-art';
import { cloudy, grain, smooth } from './tile-noise';
import { tileNames, tileSide, type TileName } from './tiles';

/** What is at u, v (0 to 1, v upwards) of a tile; x, y count texels. */
export type Painter = (u: number, v: number, x: number, y: number) => Texel;

const grey = (value: number): Texel => [value, value, value, 1];

/** Bricks or stones in courses, every other one shifted: distance from the nearest joint, and which stone it is. */
function courses(u: number, v: number, columns: number, rows: number): { joint: number; id: number } {
  const row = Math.floor(v * rows);
  const x = u * columns + (row % 2 ? 0.5 : 0);
  const column = ((Math.floor(x) % columns) + columns) % columns;
  const [fx, fy] = [x - Math.floor(x), v * rows - row];
  const joint = Math.min(Math.min(fx, 1 - fx) / columns, Math.min(fy, 1 - fy) / rows);
  return { joint, id: column * 37 + row * 101 };
}

function stones(
  columns: number,
  rows: number,
  width: number,
  seed: number,
  jointLight: number,
  spread: number,
): Painter {
  return (u, v, x, y) => {
    const { joint, id } = courses(u, v, columns, rows);
    if (joint < width) return grey(jointLight + 0.1 * grain(x, y, seed));
    return grey(
      0.86 +
        spread * (grain(id, 3, seed) - 0.5) +
        0.12 * (cloudy(u, v, 8, 3, seed) - 0.5) +
        0.06 * grain(x, y, seed),
    );
  };
}

export const brick = stones(6, 18, 0.008, 5, 0.95, 0.32);
export const plaster: Painter = (u, v, x, y) =>
  grey(0.84 + 0.2 * (cloudy(u, v, 4, 4, 11) - 0.5) + 0.06 * (grain(x, y, 12) - 0.5));

const painters: Record<Exclude<TileName, keyof typeof facadeTiles | keyof typeof signTiles>, Painter> = {
  plain: (u, v, x, y) => grey(0.93 + 0.06 * (grain(x, y, 1) - 0.5)),
  asphalt: (u, v, x, y) => {
    const patch = smooth(u, v, 3, 21) > 0.72 ? -0.1 : 0;
    const crack = Math.abs(cloudy(u, v, 3, 4, 22) - 0.5) < 0.006 ? -0.22 : 0;
    return grey(0.85 + patch + crack + 0.2 * (grain(x, y, 23) - 0.5) + 0.16 * (cloudy(u, v, 4, 3, 24) - 0.5));
  },
  slabs: stones(3, 3, 0.008, 31, 0.6, 0.16),
  cobble: stones(8, 8, 0.014, 41, 0.55, 0.34),
  grass: (u, v, x, y) => {
    const light = 0.72 + 0.5 * (grain(x, y, 51) - 0.5) + 0.4 * (cloudy(u, v, 6, 4, 52) - 0.5);
    return [light * 1.02, light, light * 0.92, 1];
  },
  leaves: (u, v, x, y) => {
    const bunch = cloudy(u, v, 7, 3, 61);
    const light = 0.25 + 1.05 * bunch * bunch + 0.42 * (grain(x >> 1, y >> 1, 62) - 0.35);
    return [light, light, light * 0.9, 1];
  },
  bark: (u, v) => grey(0.6 + 0.5 * cloudy(u * 4, v, 4, 3, 71)),
  roof: (u, v, x, y) => {
    const row = Math.floor(v * 6);
    const down = v * 6 - row;
    const across = (u * 8 + (row % 2) / 2) % 1;
    return grey(0.62 + 0.3 * down - (across < 0.1 ? 0.2 : 0) + 0.1 * grain(x, y, 81));
  },
  gravel: (u, v, x, y) =>
    grey(0.66 + 0.4 * (grain(x >> 1, y >> 1, 91) - 0.3) + 0.2 * (cloudy(u, v, 4, 3, 92) - 0.5)),
  planks: (u, v, x, y) => {
    const plank = Math.floor(u * 6);
    const edge = u * 6 - plank;
    return grey(
      edge < 0.07
        ? 0.35
        : 0.8 +
            0.24 * (grain(plank, 1, 95) - 0.5) +
            0.2 * (smooth(u * 3, v / 2, 16, 96) - 0.5) +
            0.06 * grain(x, y, 97),
    );
  },
  metal: (u, v, x, y) => grey(0.86 + 0.16 * (smooth(u, v, 5, 98) - 0.5) + 0.06 * grain(x, y, 99)),
  cloth: (u, v, x, y) =>
    grey(0.8 + 0.3 * (cloudy(u, v, 4, 3, 103) - 0.5) + 0.14 * (grain(x, y >> 1, 104) - 0.5)),
  // Road paint, worn.
  paint: (u, v, x, y) =>
    grey((cloudy(u, v, 5, 4, 111) > 0.66 ? 0.55 : 0.95) + 0.08 * (grain(x, y, 112) - 0.5)),
  mesh: (u, v) => {
    const [a, b] = [((u + v) * 6) % 1, ((u - v + 2) * 6) % 1];
    return grey(a < 0.2 || b < 0.2 ? 1.1 : 0.55);
  },
  brick,
  plaster,
  pane: (u, v) => [0.2 + 0.1 * v, 0.22 + 0.1 * v, 0.25 + 0.1 * v, 0],
  noise: (u, v, x, y) => [
    cloudy(u, v, 4, 5, 121),
    cloudy(u, v, 3, 5, 122),
    smooth(u, v, 8, 123),
    grain(x, y, 124),
  ],
};

/** All tiles one after another, RGBA, rows from the bottom up. */
export function paintTiles(): Uint8Array<ArrayBuffer> {
  const all: Record<string, Painter> = { ...painters, ...facadeTiles, ...signTiles };
  const out = new Uint8Array(tileNames.length * tileSide * tileSide * 4);
  let to = 0;
  for (const name of tileNames) {
    const painter = all[name]!;
    for (let y = 0; y < tileSide; y++) {
      for (let x = 0; x < tileSide; x++) {
        const texel = painter((x + 0.5) / tileSide, (y + 0.5) / tileSide, x, y);
        for (let c = 0; c < 4; c++) out[to++] = Math.max(0, Math.min(255, Math.round(texel[c]! * 255)));
      }
    }
  }
  return out;
}
