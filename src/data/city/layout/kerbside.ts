// What stands along the kerbs: lamps, trees, signs, signals, railings and clutter.
import type { Dice } from '../dice';
import type { Room } from './room';
import { kerb, type Barrier, type Block, type Street, type Thing, type ThingKind } from './scene';

export interface Kerbside {
  things: Thing[];
  barriers: Barrier[];
}

/** A row of places along one kerb, from one end of a block to the other. */
interface Kerb {
  axis: Street['axis'];
  /** The kerb's own coordinate and the direction from it onto the pavement. */
  at: number;
  inward: 1 | -1;
  from: number;
  to: number;
  pavement: number;
  main: boolean;
}

function kerbsOf(block: Block, main: Street): Kerb[] {
  const { x0, x1, z0, z1, pavement } = block;
  const common = { pavement };
  const onMain = (x: number) => Math.abs(x - main.at) < main.width / 2 + 0.1;
  return [
    { ...common, axis: 'z', at: x0, inward: 1, from: z0, to: z1, main: onMain(x0) },
    { ...common, axis: 'z', at: x1, inward: -1, from: z0, to: z1, main: onMain(x1) },
    { ...common, axis: 'x', at: z0, inward: 1, from: x0, to: x1, main: false },
    { ...common, axis: 'x', at: z1, inward: -1, from: x0, to: x1, main: false },
  ];
}

const clutter: Partial<Record<ThingKind, number>> = {
  bin: 5,
  bench: 3,
  box: 3,
  hydrant: 2,
  bags: 2,
  cone: 2,
  bollard: 4,
  'bus-stop': 1,
};

/** Decorates the kerbs that can be seen. */
export function dressKerbs(
  blocks: readonly Block[],
  main: Street,
  room: Room,
  dice: Dice,
  density: number,
): Kerbside {
  const out: Kerbside = { things: [], barriers: [] };
  blocks.forEach((block, index) => {
    kerbsOf(block, main).forEach((line, side) => {
      const reach = line.axis === 'z' ? Math.abs(line.at) : Math.abs((line.from + line.to) / 2);
      if (reach > 75) return;
      dress(line, dice.fork('kerb', index, side), room, density, out);
    });
  });
  return out;
}

function dress(line: Kerb, dice: Dice, room: Room, density: number, out: Kerbside): void {
  const put = (kind: ThingKind, along: number, inset: number, r: number): void => {
    const across = line.at + line.inward * inset;
    const [x, z] = line.axis === 'z' ? [across, along] : [along, across];
    if (!room.take(x, z, r)) return;
    // Yaw 0 looks along -z; things on a kerb turn their front to the street.
    const front =
      line.axis === 'z' ? (line.inward > 0 ? Math.PI / 2 : -Math.PI / 2) : line.inward > 0 ? 0 : Math.PI;
    out.things.push({ kind, x, z, y: kerb, yaw: front, look: dice.bits() });
  };
  const { from, to, pavement } = line;
  // Signals and signs stand at the corners.
  if (dice.chance(0.5)) for (const end of [from + 1.2, to - 1.2]) put('signal', end, 0.55, 0.3);
  for (const end of [from + dice.range(2, 5), to - dice.range(2, 5)]) {
    if (dice.chance(0.75)) put('sign', end, 0.5, 0.3);
  }
  const lampStep = dice.range(18, 30);
  for (let at = from + dice.range(4, 14); at < to - 2; at += lampStep) put('lamp', at, 0.6, 0.35);
  const treeStep = dice.range(7, 13);
  if (dice.chance(line.main ? 0.5 : 0.35) && pavement > 2.4) {
    for (let at = from + 6; at < to - 5; at += treeStep) if (dice.chance(0.85)) put('tree', at, 1, 0.5);
  }
  for (let at = from + 3; at < to - 3; at += dice.range(5, 14) / Math.max(0.25, density)) {
    if (dice.chance(0.28)) put('sign', at, 0.5, 0.3);
    else
      put(
        dice.weighted(clutter as Record<ThingKind, number>),
        at,
        dice.chance(0.6) ? 0.6 : pavement - 0.6,
        0.5,
      );
  }
  if (dice.chance(0.1)) put('billboard', dice.range(from + 5, Math.max(from + 6, to - 5)), 0.9, 0.7);
  if (dice.chance(line.main ? 0.45 : 0.15)) railing(line, dice, out);
}

/** A guard rail at the kerb, near a corner, as keeps people from crossing there. */
function railing(line: Kerb, dice: Dice, out: Kerbside): void {
  const length = dice.range(8, 26);
  const start = dice.chance(0.5) ? line.from + 4 : Math.max(line.from + 4, line.to - 4 - length);
  const end = Math.min(start + length, line.to - 4);
  if (end - start < 3) return;
  const across = line.at + line.inward * 0.25;
  const base = { kind: 'guard', height: dice.range(0.9, 1.15), look: dice.bits() } as const;
  out.barriers.push(
    line.axis === 'z'
      ? { ...base, x0: across, x1: across, z0: start, z1: end }
      : { ...base, z0: across, z1: across, x0: start, x1: end },
  );
}
