// Facades: one tile is one window with the wall around it, a storey high.
import { cloudy, grain } from './tile-noise';

/** Red, green, blue and what it is; see tile-art. */
export type Texel = [red: number, green: number, blue: number, alpha: number];

type Wall = (u: number, v: number, x: number, y: number) => Texel;

const own = (value: number): Texel => [value, value, value * 0.97, 0.5];

const brickWall: Wall = (u, v, x, y) => {
  const row = Math.floor(v * 36);
  const across = u * 12 + (row % 2) / 2;
  const joint = v * 36 - row < 0.14 || across % 1 < 0.08;
  const light = joint ? 0.96 : 0.82 + 0.34 * (grain(Math.floor(across) % 12, row, 7) - 0.5);
  return [light, light, light, 1 - 0.02 * grain(x, y, 8)];
};
const plasterWall: Wall = (u, v, x, y) => {
  const light = 0.84 + 0.2 * (cloudy(u, v, 4, 4, 13) - 0.5) + 0.06 * (grain(x, y, 14) - 0.5);
  return [light, light, light, 1];
};
const concreteWall: Wall = (u, v, x, y) => {
  const joint = u < 0.012 || v < 0.014 || v > 0.99;
  const light = (joint ? 0.6 : 0.86) + 0.22 * (cloudy(u, v, 3, 4, 15) - 0.5) + 0.06 * grain(x, y, 16);
  return [light, light, light, 1];
};

interface Opening {
  u0: number;
  u1: number;
  v0: number;
  v1: number;
  /** Panes across and up. */
  across: number;
  up: number;
  frame: number;
  frameLight: number;
}

/** The window at u, v, or null where there is wall: panes, bars, frame, sill and the shade of the lintel. */
function windowAt(u: number, v: number, opening: Opening): Texel | null {
  const { u0, u1, v0, v1, across, up, frame, frameLight } = opening;
  // A sill stands out below, lighter than the wall.
  if (u > u0 - 0.03 && u < u1 + 0.03 && v > v0 - 0.035 && v <= v0) return own(0.72);
  if (u < u0 || u > u1 || v < v0 || v > v1) return null;
  const [x, y] = [(u - u0) / (u1 - u0), (v - v0) / (v1 - v0)];
  const [px, py] = [(x * across) % 1, (y * up) % 1];
  const [wide, high] = [(frame * across) / (u1 - u0), (frame * up) / (v1 - v0)];
  if (v > v1 - 0.03 || u < u0 + 0.012) return own(0.18);
  if (px < wide || px > 1 - wide || py < high || py > 1 - high) return own(frameLight);
  // Curtains light the edges of a room; deeper it is dark.
  const curtain = x < 0.2 || x > 0.8 ? 0.16 : 0;
  const depth = 0.16 + 0.1 * y + curtain;
  return [depth, depth * 1.03, depth * 1.1, 0];
}

function facade(wall: Wall, ...openings: Opening[]): Wall {
  return (u, v, x, y) => {
    for (const opening of openings) {
      const texel = windowAt(u, v, opening);
      if (texel) return texel;
    }
    return wall(u, v, x, y);
  };
}

const sash: Opening = {
  u0: 0.3,
  u1: 0.7,
  v0: 0.24,
  v1: 0.82,
  across: 2,
  up: 3,
  frame: 0.013,
  frameLight: 0.86,
};
const wide: Opening = {
  u0: 0.12,
  u1: 0.88,
  v0: 0.3,
  v1: 0.8,
  across: 2,
  up: 1,
  frame: 0.016,
  frameLight: 0.4,
};
const twin: Opening[] = [
  { u0: 0.14, u1: 0.44, v0: 0.26, v1: 0.78, across: 2, up: 2, frame: 0.014, frameLight: 0.8 },
  { u0: 0.56, u1: 0.86, v0: 0.26, v1: 0.78, across: 2, up: 2, frame: 0.014, frameLight: 0.8 },
];
const band: Opening = { u0: 0, u1: 1, v0: 0.36, v1: 0.86, across: 3, up: 1, frame: 0.012, frameLight: 0.3 };
const curtain: Opening = { u0: 0, u1: 1, v0: 0.02, v1: 1, across: 2, up: 2, frame: 0.012, frameLight: 0.35 };
const shopWindow: Opening = {
  u0: 0.06,
  u1: 0.94,
  v0: 0.14,
  v1: 0.72,
  across: 2,
  up: 1,
  frame: 0.014,
  frameLight: 0.3,
};

/** A shop: its window below, a board with letters of no alphabet above. */
const shop: Wall = (u, v, x, y) => {
  if (v > 0.76 && v < 0.95 && u > 0.03 && u < 0.97) {
    const letter = Math.floor(u * 14);
    const written =
      v > 0.81 &&
      v < 0.9 &&
      letter > 2 &&
      letter < 11 &&
      grain(Math.floor(u * 42), Math.floor(v * 40), 17) > 0.4;
    return written ? own(0.85) : [0.7, 0.7, 0.7, 1];
  }
  return windowAt(u, v, shopWindow) ?? [0.62, 0.62, 0.62, 1 - 0.02 * grain(x, y, 18)];
};

const door: Wall = (u, v, x, y) => {
  const inside = u > 0.28 && u < 0.72 && v < 0.78;
  if (!inside) return plasterWall(u, v, x, y);
  if (u < 0.31 || u > 0.69 || v > 0.75) return own(0.6);
  if (v > 0.5 && u > 0.38 && u < 0.62) return [0.2, 0.21, 0.22, 0];
  return [0.32 + 0.04 * grain(x, y, 19), 0.27, 0.22, 0.5];
};

export const facadeTiles = {
  'sash-brick': facade(brickWall, sash),
  'sash-plaster': facade(plasterWall, sash),
  'wide-brick': facade(brickWall, wide),
  'wide-plaster': facade(plasterWall, wide),
  'twin-brick': facade(brickWall, ...twin),
  'twin-plaster': facade(plasterWall, ...twin),
  'band-concrete': facade(concreteWall, band),
  curtain: facade(concreteWall, curtain),
  shop,
  door,
};
