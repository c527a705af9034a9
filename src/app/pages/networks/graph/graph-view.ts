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

/** The least scale at which everything in a node is read with ease. */
const READABLE = 0.85;

/** The whole graph in the middle, never larger than 100 %. */
export function wholeGraph(layout: GraphLayout, screen: Extent): ViewBox {
  const box = fit(layout, screen);
  if (box.scale <= 1) return box;
  return { scale: 1, x: (screen.width - layout.width) / 2, y: (screen.height - layout.height) / 2 };
}

/** The least size on the screen at which a name alone is read. */
const READABLE_NAME = 9;

/** What is seen first: the whole graph where it, or at least its names, can be read, else its beginning as large as the width allows. */
export function openingView(layout: GraphLayout, screen: Extent): ViewBox {
  const whole = wholeGraph(layout, screen);
  const nameSize = Math.min(FAR_NAME, layout.farNameSize * whole.scale);
  if (whole.scale >= READABLE || (whole.scale < FAR && nameSize >= READABLE_NAME)) return whole;
  const scale = Math.min(1, Math.max(READABLE, screen.width / layout.width));
  const first = layout.nodes[0];
  const middle = first ? first.x + first.width / 2 : layout.width / 2;
  // The first node in the middle, but no empty margin where the graph is wider than the screen.
  const room = screen.width - layout.width * scale;
  const x = screen.width / 2 - middle * scale;
  return { scale, x: room >= 0 ? room / 2 : Math.min(0, Math.max(room, x)), y: 0 };
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
