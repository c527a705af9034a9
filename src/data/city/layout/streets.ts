// The grid: streets along both axes, and the blocks between them.
import type { Dice } from '../dice';
import type { Block, BlockKind, Street } from './scene';

/** How far the city reaches: behind the viewer, ahead, and to each side. */
const behind = 60;
const ahead = 240;

const blockKinds: Record<BlockKind, number> = { closed: 56, modern: 18, houses: 10, park: 11, yard: 5 };

/** A street's own choices; the first of an axis is the one that the viewer is on. */
function street(dice: Dice, axis: Street['axis'], at: number, main: boolean): Street {
  const lanes = main ? dice.pick([2, 2, 2, 2, 3, 4]) : 2;
  const parking = dice.chance(main ? 0.55 : 0.4) ? 2.1 : 0;
  const width = lanes * dice.range(2.7, 3.3) + 2 * parking;
  const line = dice.weighted({ dashed: 6, solid: 2, double: 1, none: 2 });
  return { axis, at, width, lanes, parking, line, look: dice.bits() };
}

/** The streets around the viewer, who is on the first one, near the origin, and looks along -z. */
export function layStreets(dice: Dice): Street[] {
  const main = street(dice, 'z', 0, true);
  const right = street(dice, 'z', dice.range(48, 70), false);
  const left = street(dice, 'z', -dice.range(48, 70), false);
  const across: Street[] = [];
  // The first crossing ahead may be near, far, or right under the viewer.
  let z = dice.range(-62, -6);
  for (let back = z + dice.range(55, 85); back < behind; back += dice.range(50, 80)) {
    across.push(street(dice, 'x', back, false));
  }
  for (; z > -ahead; z -= dice.range(42, 95)) across.push(street(dice, 'x', z, false));
  return [main, left, right, ...across];
}

/** The areas between the streets, each with a kind of its own. Streets reach on beyond the outermost blocks. */
export function layBlocks(streets: readonly Street[], dice: Dice): Block[] {
  const edges = (axis: Street['axis'], from: number, to: number) => {
    const inside = streets.filter((one) => one.axis === axis).sort((a, b) => a.at - b.at);
    const gaps: [number, number][] = [];
    let start = from;
    for (const { at, width } of inside) {
      gaps.push([start, at - width / 2]);
      start = at + width / 2;
    }
    gaps.push([start, to]);
    return gaps.filter(([a, b]) => b - a > 14);
  };
  const blocks: Block[] = [];
  for (const [x0, x1] of edges('z', -125, 125)) {
    for (const [z0, z1] of edges('x', -ahead - 60, behind + 40)) {
      const own = dice.fork('block', Math.round(x0 * 8), Math.round(z0 * 8));
      const kind = own.weighted(blockKinds);
      blocks.push({
        x0,
        x1,
        z0,
        z1,
        kind,
        pavement: own.chance(0.6) ? own.range(1.9, 3.6) : own.range(3.2, 6.5),
        look: own.bits(),
      });
    }
  }
  return blocks;
}
