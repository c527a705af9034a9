// Which way through a network is the main one, and which edges go past a part of it.
import type { LayerKind } from './layer-summary';

/**
 * What an edge brings: the main path's blob, another path's, one that goes past a part of the main path, only a size
 * (a Crop's second bottom), or labels.
 */
export type EdgeRole = 'main' | 'branch' | 'skip' | 'size' | 'label';

/** A node as far as paths go. */
export interface PathNode {
  kind: LayerKind;
  type: string;
}

/** An edge between positions in the list of nodes. */
export interface PathEdge {
  from: number;
  to: number;
  role: EdgeRole;
}

const learned = new Set<LayerKind>(['convolution', 'fully connected', 'upsampling']);
const isLearned = (node: PathNode | undefined) => (node && learned.has(node.kind) ? 1 : 0);

/** The positions of the edges of the longest way from an image; the earlier bottom where two are as long. */
function longestWay(
  nodes: readonly PathNode[],
  flow: readonly number[],
  edges: readonly PathEdge[],
): number[] {
  const length: number[] = nodes.map(({ kind }) => (kind === 'input' ? 1 : 0));
  const into = new Array<number | undefined>(nodes.length);
  for (const i of flow) {
    const { from, to } = edges[i]!;
    if (!length[from] || nodes[to]!.type === 'Accuracy') continue;
    if (length[from] + 1 > length[to]!) {
      length[to] = length[from] + 1;
      into[to] = i;
    }
  }
  const way: number[] = [];
  let at = length.indexOf(Math.max(0, ...length));
  for (let i = into[at]; i !== undefined; i = into[at]) {
    way.unshift(i);
    at = edges[i]!.from;
  }
  return way;
}

/** What a detour does on its way, counted along the way that does most. */
interface Work {
  learned: number;
  other: number;
  upsampling: number;
}

const noWork: Work = { learned: 0, other: 0, upsampling: 0 };

function workOf(node: PathNode, before: Work): Work {
  const quiet =
    node.kind === 'crop' || node.type === 'Split' || node.type === 'Dropout' || node.type === 'Power';
  return {
    learned: before.learned + isLearned(node),
    other: before.other + (quiet ? 0 : 1),
    upsampling: before.upsampling + (node.kind === 'upsampling' ? 1 : 0),
  };
}

const most = (a: Work | undefined, b: Work): Work =>
  a
    ? {
        learned: Math.max(a.learned, b.learned),
        other: Math.max(a.other, b.other),
        upsampling: Math.max(a.upsampling, b.upsampling),
      }
    : b;

/**
 * The role of each edge; those given as 'size' or 'label' stay so. Nodes must be in the order in which they run, and edges
 * in the order of the nodes that they lead to. A detour is a skip where it learns less than the stretch that it
 * goes past, and ends in a sum, or brings what was before as it was, or goes past an upsampling: the branches
 * of an inception module are no skips, the pool4 and pool3 of FCN-8s are.
 */
export function edgeRoles(nodes: readonly PathNode[], edges: readonly PathEdge[]): EdgeRole[] {
  const flow = [...edges.keys()].filter((i) => edges[i]!.role !== 'size' && edges[i]!.role !== 'label');
  const way = longestWay(nodes, flow, edges);
  const main = new Set(way);
  const place = new Map<number, number>();
  for (const [i, edge] of way.entries()) {
    place.set(edges[edge]!.from, i);
    place.set(edges[edge]!.to, i + 1);
  }
  const path = [...place].sort((a, b) => a[1] - b[1]).map(([node]) => nodes[node]!);

  // For nodes beside the main path: where they were left it and come back to it, and the work on either side.
  const left = new Map(place);
  const back = new Map(place);
  const above = new Map<number, Work>();
  const below = new Map<number, Work>();
  for (const i of flow) {
    const { from, to } = edges[i]!;
    if (place.has(to) || !left.has(from)) continue;
    left.set(to, Math.max(left.get(to) ?? 0, left.get(from)!));
    above.set(to, most(above.get(to), workOf(nodes[to]!, above.get(from) ?? noWork)));
  }
  for (const i of flow.toReversed()) {
    const { from, to } = edges[i]!;
    if (place.has(from) || !back.has(to)) continue;
    back.set(from, Math.min(back.get(from) ?? Infinity, back.get(to)!));
    below.set(from, most(below.get(from), workOf(nodes[from]!, below.get(to) ?? noWork)));
  }

  const isSkip = ({ from, to }: PathEdge): boolean => {
    const start = left.get(from);
    const end = back.get(to);
    if (start === undefined || end === undefined || end - start < 2) return false;
    const up = above.get(from) ?? noWork;
    const down = below.get(to) ?? noWork;
    const stretch = path.slice(start + 1, end);
    if (up.learned + down.learned >= stretch.reduce((sum, node) => sum + isLearned(node), 0)) return false;
    const pastUpsampling =
      stretch.some(({ kind }) => kind === 'upsampling') && up.upsampling + down.upsampling === 0;
    return path[end]!.type === 'Eltwise' || up.other + down.other === 0 || pastUpsampling;
  };
  return edges.map((edge, i) => {
    if (edge.role === 'size' || edge.role === 'label') return edge.role;
    return main.has(i) ? 'main' : isSkip(edge) ? 'skip' : 'branch';
  });
}
