// Where an arrow key leads: up and down along edges, left and right to what lies beside.
import type { GraphLayout, PlacedNode } from './layout';

const order = { main: 0, skip: 1, branch: 2, label: 3, size: 4 };

/** The node that a key leads to from the node `id`, or null where there is none. */
export function nodeAt(layout: GraphLayout, id: string, key: string): PlacedNode | null {
  const { nodes, edges } = layout;
  const here = nodes.find(({ node }) => node.id === id);
  if (!here) return null;
  const along = (near: 'from' | 'to', end: 'from' | 'to') => {
    const next = edges
      .map(({ edge }) => edge)
      .filter((edge) => edge[near] === id)
      .sort((a, b) => order[a.role] - order[b.role])[0];
    return nodes.find(({ node }) => node.id === next?.[end]) ?? null;
  };
  const beside = (sign: 1 | -1) => {
    const middle = (at: PlacedNode) => at.x + at.width / 2;
    const far = (at: PlacedNode) => Math.abs(middle(at) - middle(here)) + 2 * Math.abs(at.y - here.y);
    return (
      nodes
        .filter((at) => sign * (middle(at) - middle(here)) > 24 && Math.abs(at.y - here.y) < 240)
        .sort((a, b) => far(a) - far(b))[0] ?? null
    );
  };
  switch (key) {
    case 'ArrowDown':
      return along('from', 'to');
    case 'ArrowUp':
      return along('to', 'from');
    case 'ArrowLeft':
      return beside(-1);
    case 'ArrowRight':
      return beside(1);
    case 'Home':
      return nodes[0] ?? null;
    case 'End':
      return nodes.at(-1) ?? null;
    default:
      return null;
  }
}
