// The textures: one array of square tiles that repeat. Grey tiles take the tint of what they are on.

/** Metres that one tile spans. Facades, doors and faces of signs are measured in whole tiles instead. */
const table = {
  plain: 1,
  asphalt: 3.2,
  slabs: 1.6,
  cobble: 1.2,
  grass: 2.4,
  leaves: 0.9,
  bark: 0.8,
  roof: 1.6,
  gravel: 1.6,
  planks: 1.2,
  metal: 1,
  cloth: 0.5,
  paint: 1.1,
  mesh: 0.5,
  brick: 1.4,
  plaster: 3,
  'sash-brick': 1,
  'sash-plaster': 1,
  'wide-brick': 1,
  'wide-plaster': 1,
  'twin-brick': 1,
  'twin-plaster': 1,
  'band-concrete': 1,
  curtain: 1,
  shop: 1,
  door: 1,
  'sign-ring': 1,
  'sign-triangle': 1,
  'sign-disc': 1,
  'sign-arrow': 1,
  'sign-bar': 1,
  'sign-words': 1,
  poster: 1,
  pane: 1,
  noise: 1,
} as const;

export type TileName = keyof typeof table;

export const tileNames = Object.keys(table) as TileName[];
const indices = new Map(tileNames.map((name, index) => [name, index]));

export const tileIndex = (name: TileName): number => indices.get(name)!;
export const tileMetres = (name: TileName): number => table[name];
export const tileSide = 128;
