// Where nodes and edges lie: dagre finds ranks and columns, we give it contents and turn its points into curves.
import { Graph, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphLayer, GraphNode, NetworkGraph } from '../../../state/network-graph';
import { captionBox, captions, type Caption } from './captions';
import { chains, farEdges } from './chains';
import { route, type Point } from './route';

/** Width in pixels of a text in the page's font. */
export type Measure = (text: string, size: number, weight: number) => number;

export interface Chip {
  layer: GraphLayer;
  /** From the node's left edge. */
  x: number;
  width: number;
}

/** A node with its box, from the top left corner, in units that are pixels at 100 %. */
export interface PlacedNode {
  node: GraphNode;
  x: number;
  y: number;
  width: number;
  height: number;
  /** Its name and its settings, cut where they are too long to show. */
  title: string;
  detail: string;
  /** Layers that work in place. */
  chips: Chip[];
  /** What stands beside it, left or right, for which the layout has room. */
  caption: (Caption & { side: 'left' | 'right' }) | null;
}

export interface PlacedEdge {
  edge: GraphEdge;
  /** SVG path data. */
  path: string;
  /** Crosses what it has nothing to do with: shown only with one of its ends. */
  far: boolean;
}

export interface GraphLayout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  /** The largest size at which each name fits its node when nothing else is drawn. */
  farNameSize: number;
}

/** Sizes of a node and the texts in it. */
export const metrics = {
  height: 46,
  gap: 16,
  /** Between ranks, where edges change their column. */
  rankGap: 30,
  /** Where text begins: right of the band with the kind's sign. */
  text: 36,
  padding: 10,
  nameSize: 13,
  detailSize: 11.5,
  chipSize: 10.5,
  /** Of names and captions seen from far away, where nothing else is drawn; nodes are wide enough for it. */
  farSize: 24,
  /** Between a node and its caption. */
  captionGap: 10,
  maxWidth: 320,
  minWidth: 132,
};

/** How hard dagre tries to keep an edge straight: the main path becomes a column. */
const weights = { main: 20, skip: 2, branch: 3, size: 1, label: 1 };

/** As much of a text as fits, with dots where its end is cut. */
function cut(text: string, room: number, width: (text: string) => number): string {
  if (width(text) <= room) return text;
  let length = text.length - 1;
  while (length > 1 && width(text.slice(0, length) + '…') > room) length--;
  return text.slice(0, length) + '…';
}

/** Width and texts of a node: name and chips in the first row, settings and shape in the second. */
function nodeContent(
  node: GraphNode,
  measure: Measure,
): Pick<PlacedNode, 'width' | 'title' | 'detail' | 'chips'> {
  const { text, padding, nameSize, detailSize, chipSize, farSize, minWidth, maxWidth } = metrics;
  const [first, ...inPlace] = node.layers;
  const folded = node.run === undefined ? inPlace : [];
  const settings = node.run === undefined ? first.detail : `${node.layers.length} layers`;
  const nameWidth = (name: string) => measure(name, nameSize, 600);
  const detailWidth = (detail: string) => measure(detail, detailSize, 400);
  const title = cut(node.run ?? first.name, maxWidth - text - padding, nameWidth);
  const shapeRoom = node.shape ? detailWidth(node.shape) + (settings ? 16 : 0) : 0;
  const detail = cut(settings, maxWidth - text - padding - shapeRoom, detailWidth);
  let right = text + nameWidth(title) + 8;
  const chips = folded.map((layer) => {
    const chip = { layer, x: right, width: Math.ceil(measure(layer.type, chipSize, 400)) + 10 };
    right += chip.width + 4;
    return chip;
  });
  const second = text + detailWidth(detail) + shapeRoom + padding;
  const fromFar = Math.min(maxWidth, measure(title, farSize, 600) + 16);
  return { width: Math.ceil(Math.max(minWidth, right + 4, second, fromFar)), title, detail, chips };
}

/** Gives nodes their captions; how much room that takes at the left of the drawing, and the width of all with it. */
function placeCaptions(
  graph: NetworkGraph,
  placed: ReadonlyMap<string, PlacedNode>,
  ways: readonly (readonly Point[])[],
  width: number,
  measure: Measure,
): { left: number; width: number } {
  const taken: (Point & { width: number; height: number })[] = [...placed.values()];
  const { farSize, captionGap } = metrics;
  let [left, right] = [0, width];
  for (const [node, caption] of captions(graph)) {
    const at = placed.get(node.id)!;
    const box = captionBox(at, Math.ceil(measure(caption.text, farSize, 500)) + 2 * captionGap, taken, ways);
    if (!box) continue;
    taken.push(box);
    at.caption = { ...caption, side: box.side };
    left = Math.max(left, -box.x);
    right = Math.max(right, box.x + box.width);
  }
  return { left, width: left + right };
}

function compute(graph: NetworkGraph, measure: Measure): GraphLayout {
  const dagre = new Graph({ multigraph: true });
  dagre.setGraph({
    rankdir: 'TB',
    // What is beside a long column stands near what reads it.
    rankalign: 'bottom',
    ranksep: metrics.rankGap,
    nodesep: 20,
    edgesep: 14,
    marginx: 20,
    marginy: 20,
  });
  const far = farEdges(graph);
  const near = graph.edges.filter((edge) => !far.has(edge));
  const columns = chains(graph.nodes, near);
  const columnOf = new Map(columns.flatMap((column) => column.map(({ id }) => [id, column[0]!.id])));
  const contents = new Map(graph.nodes.map((node) => [node.id, nodeContent(node, measure)]));
  const step = metrics.height + metrics.gap;
  for (const column of columns) {
    const width = Math.max(...column.map(({ id }) => contents.get(id)!.width));
    dagre.setNode(column[0]!.id, { width, height: column.length * step - metrics.gap });
  }
  const between = near.filter(({ from, to }) => columnOf.get(from) !== columnOf.get(to));
  for (const [i, { from, to, role }] of between.entries()) {
    dagre.setEdge(columnOf.get(from)!, columnOf.get(to)!, { weight: weights[role] }, String(i));
  }
  // The columns of the main path, which dagre then keeps under one another.
  const corePath = [
    ...new Set(
      near
        .filter(({ role }) => role === 'main')
        .flatMap(({ from, to }) => [columnOf.get(from)!, columnOf.get(to)!]),
    ),
  ];
  layout(dagre, { corePath });

  const placed = new Map<string, PlacedNode>();
  for (const column of columns) {
    const { x, y, height } = dagre.node(column[0]!.id) as Point & { height: number };
    for (const [i, node] of column.entries()) {
      const content = contents.get(node.id)!;
      const corner = { x: x - content.width / 2, y: y - height / 2 + i * step };
      placed.set(node.id, { node, ...corner, height: metrics.height, ...content, caption: null });
    }
  }
  const extent = dagre.graph() as { width?: number; height?: number };
  const found = new Map(
    between.map((edge, i) => {
      const ends = [columnOf.get(edge.from)!, columnOf.get(edge.to)!] as const;
      return [edge, (dagre.edge(...ends, String(i)) as { points: Point[] }).points];
    }),
  );
  const room = placeCaptions(graph, placed, [...found.values()], extent.width ?? 0, measure);
  for (const point of [...placed.values(), ...[...found.values()].flat()]) point.x += room.left;
  const edges = graph.edges.map((edge): PlacedEdge => {
    const [from, to] = [placed.get(edge.from)!, placed.get(edge.to)!];
    return { edge, path: route(from, to, found.get(edge) ?? [], metrics.rankGap), far: far.has(edge) };
  });
  const nodes = graph.nodes.map(({ id }) => placed.get(id)!);
  const { width } = room;
  const { height = 0 } = extent;
  const fits = nodes.map(
    ({ title, width }) =>
      ((width - 16) / Math.max(1, measure(title, metrics.nameSize, 600))) * metrics.nameSize,
  );
  const farNameSize = Math.min(30, ...fits);
  return { width: Math.max(1, width), height: Math.max(1, height), nodes, edges, farNameSize };
}

const known = new WeakMap<NetworkGraph, GraphLayout>();

/** The layout of a graph; calculated once per graph. */
export function layoutGraph(graph: NetworkGraph, measure: Measure): GraphLayout {
  const before = known.get(graph);
  if (before) return before;
  const result = compute(graph, measure);
  known.set(graph, result);
  return result;
}
