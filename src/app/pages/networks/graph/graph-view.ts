// Which part of the graph is in sight: at the start, and after a node was chosen.
import { fit, type ViewBox } from '../../../ui/view-box';
import type { GraphLayout, PlacedNode } from './layout';

interface Extent {
  width: number;
  height: number;
}

/** Below this scale only names are drawn, and larger than in proportion. */
export const FAR = 0.7;

/** How large a name then is on the screen, in pixels, where its node has room for it. */
export const FAR_NAME = 11;

/** The whole graph in the middle, never larger than 100 %. */
export function wholeGraph(layout: GraphLayout, screen: Extent): ViewBox {
  const box = fit(layout, screen);
  if (box.scale <= 1) return box;
  return { scale: 1, x: (screen.width - layout.width) / 2, y: (screen.height - layout.height) / 2 };
}

/** The least size on the screen at which a name alone is read. */
const READABLE_NAME = 10;

/** The least scale at which everything in a node is read with ease. */
export const READABLE = 0.85;

/** Whether at least the names can be read where the whole graph is in sight. */
export function wholeIsReadable(layout: GraphLayout, screen: Extent): boolean {
  const { scale } = wholeGraph(layout, screen);
  return scale >= FAR || Math.min(FAR_NAME, layout.farNameSize * scale) >= READABLE_NAME;
}

/** The nodes from the first to the last that a skip sets out from or leads into, down the drawing; else the first node. */
function mostTelling({ nodes, edges }: GraphLayout): { x: number; y: number; width: number; height: number } {
  const ends = new Set(edges.flatMap(({ edge: { from, to, role } }) => (role === 'skip' ? [from, to] : [])));
  const shown = ends.size ? nodes.filter(({ node }) => ends.has(node.id)) : nodes.slice(0, 1);
  if (!shown.length) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...shown.map((node) => node.x));
  const y = Math.min(...shown.map((node) => node.y));
  return {
    x,
    y,
    width: Math.max(...shown.map((node) => node.x + node.width)) - x,
    height: Math.max(...shown.map((node) => node.y + node.height)) - y,
  };
}

/** What is seen first: the whole graph where it can be read, else where its skips are, or its beginning, as large as can be read. */
export function openingView(layout: GraphLayout, screen: Extent): ViewBox {
  if (wholeIsReadable(layout, screen)) return wholeGraph(layout, screen);
  const scale = Math.min(1, Math.max(READABLE, screen.width / layout.width));
  const telling = mostTelling(layout);
  const { x, y, width, height } = telling;
  // No empty margin at the graph's own ends.
  const within = (offset: number, all: number, room: number) =>
    all * scale <= room ? (room - all * scale) / 2 : Math.min(0, Math.max(room - all * scale, offset));
  const middle = (start: number, length: number, room: number) => room / 2 - (start + length / 2) * scale;
  // Where it is too tall, its end is at the bottom: there the skips join.
  const end = screen.height - 20 - (y + height) * scale;
  return {
    scale,
    x: within(middle(x, width, screen.width), layout.width, screen.width),
    y: within(Math.min(end, middle(y, height, screen.height)), layout.height, screen.height),
  };
}

/** The same view moved as little as brings a node into sight; the same object where it is in sight already. */
export function reveal(box: ViewBox, node: PlacedNode, screen: Extent): ViewBox {
  const shift = (start: number, length: number, offset: number, room: number, most: number) => {
    const margin = Math.min(most, Math.max(0, (room - length * box.scale) / 2));
    const low = start * box.scale + offset;
    const high = low + length * box.scale;
    if (low < margin) return margin - low;
    return high > room - margin ? room - margin - high : 0;
  };
  const dx = shift(node.x, node.width, box.x, screen.width, 24);
  const dy = shift(node.y, node.height, box.y, screen.height, 64);
  return dx || dy ? { scale: box.scale, x: box.x + dx, y: box.y + dy } : box;
}
