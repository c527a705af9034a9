// What is written beside a node that shows the network's form: which skip comes in, and where a crop begins.
import type { GraphNode, NetworkGraph } from '../../../state/network-graph';
import type { Point } from './route';

export interface Caption {
  text: string;
  /** Said inside the node as well, where there is room for more than names. */
  onlyFar: boolean;
}

/** The nodes from which a skip into `id` sets out: back along the skip to where it leaves another path. */
function origins({ edges }: NetworkGraph, id: string): string[] {
  const sources = edges.filter(({ to, role }) => to === id && role === 'skip').map(({ from }) => from);
  return sources.flatMap((from) => {
    const further = edges.some(({ to, role }) => to === from && role === 'skip');
    const meets = edges.some(({ to, role }) => to === from && role === 'main');
    return further && !meets ? origins({ nodes: [], edges }, from) : [from];
  });
}

/** The caption of each node that has one. */
export function captions(graph: NetworkGraph): Map<GraphNode, Caption> {
  const found = new Map<GraphNode, Caption>();
  const names = new Map(graph.nodes.map(({ id, layers }) => [id, layers.at(0)!.name]));
  for (const node of graph.nodes) {
    if (node.kind === 'crop') {
      const offset = /offset [^,]+$/.exec(node.layers[0].detail)?.[0];
      found.set(node, { text: offset ? `crop, ${offset}` : 'crop', onlyFar: true });
    } else if (graph.edges.some(({ to, role }) => to === node.id && role === 'main')) {
      const from = [...new Set(origins(graph, node.id))].map((id) => names.get(id));
      if (from.length) found.set(node, { text: `skip from ${from.join(' and ')}`, onlyFar: false });
    }
  }
  return found;
}

interface Box extends Point {
  width: number;
  height: number;
}

const apart = (a: Box, b: Box) =>
  a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;

/** Whether a way of an edge, which leads down, crosses a box at half its height. */
function crosses(way: readonly Point[], { x, y, width, height }: Box): boolean {
  const at = y + height / 2;
  return way.some((from, i) => {
    const to = way[i + 1];
    if (!to || from.y > at || to.y < at) return false;
    const where = from.x + ((to.x - from.x) * (at - from.y)) / Math.max(1, to.y - from.y);
    return where > x && where < x + width;
  });
}

/**
 * The place beside a box for a caption of a width: where the fewest edges cross it, and then at the right. null where nodes or
 * other captions are on both sides.
 */
export function captionBox(
  box: Box,
  width: number,
  taken: readonly Box[],
  ways: readonly (readonly Point[])[],
): (Box & { side: 'left' | 'right' }) | null {
  const { y, height } = box;
  const right = { x: box.x + box.width, y, width, height, side: 'right' as const };
  const left = { x: box.x - width, y, width, height, side: 'left' as const };
  const [best] = [right, left]
    .filter((side) => taken.every((other) => apart(side, other)))
    .map((side) => ({ side, crossed: ways.filter((way) => crosses(way, side)).length }))
    .sort((a, b) => a.crossed - b.crossed);
  return best?.side ?? null;
}
