// What fills a block: houses along its edges, gardens, parks and yards behind fences.
import type { Dice } from '../dice';
import type { Area, Barrier, Block, Building, RoofKind, Thing } from './scene';
import { kerb } from './scene';

export interface Lots {
  buildings: Building[];
  lawns: Area[];
  barriers: Barrier[];
  things: Thing[];
}

/** The four edges of an area, each from its left end as one looks at it from outside; `yaw` faces outwards. */
function edges({ x0, x1, z0, z1 }: Area) {
  return [
    { x: x0, z: z1, dx: 1, dz: 0, yaw: 0, length: x1 - x0 },
    { x: x1, z: z1, dx: 0, dz: -1, yaw: Math.PI / 2, length: z1 - z0 },
    { x: x1, z: z0, dx: -1, dz: 0, yaw: Math.PI, length: x1 - x0 },
    { x: x0, z: z0, dx: 0, dz: 1, yaw: -Math.PI / 2, length: z1 - z0 },
  ];
}
type Edge = ReturnType<typeof edges>[number];

/** A point `along` an edge and `inward` from it. */
function pointOf(edge: Edge, along: number, inward: number) {
  return {
    x: edge.x + edge.dx * along - Math.sin(edge.yaw) * inward,
    z: edge.z + edge.dz * along - Math.cos(edge.yaw) * inward,
  };
}

const shrink = ({ x0, x1, z0, z1 }: Area, by: number): Area => ({
  x0: x0 + by,
  x1: x1 - by,
  z0: z0 + by,
  z1: z1 - by,
});

const roofs: Record<Building['style'], Record<RoofKind, number>> = {
  old: { flat: 2, gable: 4, hip: 2, mansard: 4 },
  new: { flat: 9, gable: 1, hip: 0, mansard: 0 },
  house: { flat: 1, gable: 6, hip: 4, mansard: 1 },
  glass: { flat: 1, gable: 0, hip: 0, mansard: 0 },
};

/** Houses side by side along every edge, wall to wall or with `gap` metres between them. */
function fillEdges(area: Area, dice: Dice, lots: Lots, kind: Block['kind'], near: boolean): void {
  const setback = kind === 'houses' ? dice.range(3.5, 6) : kind === 'modern' && dice.chance(0.35) ? 3 : 0;
  const inner = shrink(area, setback);
  const short = Math.min(inner.x1 - inner.x0, inner.z1 - inner.z0);
  if (short < 8) return;
  const depth = Math.min(kind === 'houses' ? 9 : 13, short / 2 - 0.5);
  const base = kind === 'houses' ? 2 : dice.whole(4, 7);
  edges(inner).forEach((edge, side) => {
    // The corners belong to the edges along x.
    const from = side % 2 ? depth : 0;
    const to = edge.length - from;
    let at = from;
    while (to - at > 5) {
      const own = dice.fork('lot', side, lots.buildings.length);
      const gap =
        kind === 'closed'
          ? own.chance(0.05)
            ? 4
            : 0
          : own.range(kind === 'houses' ? 3 : 2, kind === 'houses' ? 9 : 12);
      let width =
        kind === 'houses' ? own.range(8, 13) : kind === 'modern' ? own.range(14, 30) : own.range(7, 17);
      if (to - at - width < 7) width = to - at;
      width = Math.min(width, 34);
      const style: Building['style'] =
        kind === 'houses'
          ? 'house'
          : kind === 'modern'
            ? own.weighted({ new: 7, glass: 3, old: 0, house: 0 })
            : own.weighted({ old: 7, new: 3, glass: 0.5, house: 0 });
      const roof = own.weighted(roofs[style]);
      const floors =
        kind === 'houses'
          ? own.whole(1, 3)
          : Math.max(2, base + own.whole(-1, 2) + (style === 'glass' ? 3 : 0));
      const ground = kind !== 'houses' && own.chance(0.45) ? 'shop' : 'plain';
      const { x, z } = pointOf(edge, at + width / 2, depth / 2);
      const look = own.bits();
      lots.buildings.push({
        x,
        z,
        yaw: edge.yaw,
        width,
        depth,
        floors,
        roof,
        detailed: near,
        ground,
        style,
        look,
      });
      at += width;
      const gapEnd = Math.min(at + gap, to);
      if (gapEnd - at > 1.5 && kind !== 'houses' && own.chance(0.8)) {
        barrier(lots, own, edge, at + 0.2, gapEnd - 0.2, 0.4, own.chance(0.4) ? 'boards' : 'railing');
      }
      at = gapEnd;
    }
  });
  if (setback > 1) garden(area, inner, dice, lots);
  if (kind !== 'closed') lots.lawns.push(shrink(inner, 0.3));
}

function barrier(
  lots: Lots,
  dice: Dice,
  edge: Edge,
  from: number,
  to: number,
  inward: number,
  kind: Barrier['kind'],
): void {
  const a = pointOf(edge, from, inward);
  const b = pointOf(edge, to, inward);
  const height =
    kind === 'hedge' ? dice.range(0.8, 1.9) : kind === 'boards' ? dice.range(1.2, 2.2) : dice.range(0.9, 1.9);
  lots.barriers.push({ kind, x0: a.x, z0: a.z, x1: b.x, z1: b.z, height, look: dice.bits() });
}

/** The strip between pavement and houses: lawn behind hedges and fences, with gates. */
function garden(area: Area, inner: Area, dice: Dice, lots: Lots): void {
  const { x0, x1, z0, z1 } = area;
  lots.lawns.push(
    { x0, x1, z0: inner.z1, z1 },
    { x0, x1, z0, z1: inner.z0 },
    { x0, x1: inner.x0, z0: inner.z0, z1: inner.z1 },
    { x0: inner.x1, x1, z0: inner.z0, z1: inner.z1 },
  );
  edges(area).forEach((edge, side) => enclose(edge, dice.fork('garden', side), lots, true));
}

/** Fences and hedges along an edge, a gate every few metres. */
function enclose(edge: Edge, dice: Dice, lots: Lots, mixed: boolean): void {
  const kinds = { hedge: mixed ? 4 : 2, railing: 3, boards: mixed ? 3 : 1, mesh: 3, guard: 0 };
  let kind = dice.weighted(kinds);
  for (let at = 0.3; at < edge.length - 2;) {
    const end = Math.min(edge.length - 0.3, at + dice.range(5, 16));
    if (mixed) kind = dice.weighted(kinds);
    barrier(lots, dice, edge, at, end, 0.25, kind);
    if (dice.chance(0.35)) plant(lots, dice, edge, (at + end) / 2, dice.range(1.6, 2.6));
    at = end + (dice.chance(0.6) ? dice.range(1.1, 3) : 0);
  }
}

function plant(lots: Lots, dice: Dice, edge: Edge, along: number, inward: number): void {
  const { x, z } = pointOf(edge, along, inward);
  const kind = dice.chance(0.65) ? 'tree' : 'bush';
  lots.things.push({ kind, x, z, y: kerb, yaw: dice.range(0, 6.28), look: dice.bits() });
}

function park(area: Area, dice: Dice, lots: Lots): void {
  lots.lawns.push(area);
  edges(area).forEach((edge, side) => {
    const own = dice.fork('park', side);
    if (own.chance(0.75)) enclose(edge, own, lots, false);
    for (let at = 3; at < edge.length - 2; at += own.range(4, 9)) {
      plant(lots, own, edge, at, own.range(2.5, 4.5));
      plant(lots, own, edge, at + 2, own.range(8, 16));
    }
  });
}

/** A car park or a building site: open ground behind a fence, a house at the back. */
function yard(area: Area, dice: Dice, lots: Lots): void {
  const kind = dice.weighted({ boards: 4, mesh: 5, railing: 2 });
  for (const edge of edges(area)) {
    for (let at = 0; at < edge.length - 4; at += 12) {
      barrier(lots, dice, edge, at, Math.min(edge.length, at + 12 - (dice.chance(0.2) ? 3 : 0)), 0.3, kind);
    }
  }
  const inner = shrink(area, 11);
  if (Math.min(inner.x1 - inner.x0, inner.z1 - inner.z0) > 18)
    fillEdges(inner, dice.fork('back'), lots, 'closed', false);
}

/** Fills the blocks. Houses far to the side are left plain. */
export function fillBlocks(blocks: readonly Block[], dice: Dice): Lots {
  const lots: Lots = { buildings: [], lawns: [], barriers: [], things: [] };
  blocks.forEach((block, index) => {
    const own = dice.fork('fill', index);
    const area = shrink(block, block.pavement);
    if (Math.min(area.x1 - area.x0, area.z1 - area.z0) < 8) return;
    const near = Math.min(Math.abs(block.x0), Math.abs(block.x1)) < 20 && block.z1 > -130;
    if (block.kind === 'park') park(area, own, lots);
    else if (block.kind === 'yard') yard(area, own, lots);
    else fillEdges(area, own, lots, block.kind, near);
  });
  return lots;
}
