// A long network in few nodes: layers in a row become one, and what shows the network's form stays: inputs, skips, joins, scores.
import type { GraphEdge, GraphNode, NetworkGraph } from '../../../state/network-graph';

/** How much is folded: nothing, what lies between one pooling or join and the next, or all between two nodes that stay. */
export const foldings = ['none', 'stages', 'runs'] as const;
export type Folding = (typeof foldings)[number];

const strength = { main: 0, skip: 1, branch: 2, label: 3, size: 4 };

/** Nodes that are never folded: they tell where the paths part, meet and end. */
function landmarks({ nodes, edges }: NetworkGraph): Set<string> {
  const kinds = new Set(['input', 'label', 'loss', 'upsampling', 'crop']);
  const skips = edges.filter(({ role }) => role === 'skip');
  const reading = new Set(edges.map(({ to }) => to));
  return new Set([
    ...nodes.filter(({ id, kind }) => kinds.has(kind) || !reading.has(id)).map(({ id }) => id),
    ...skips.flatMap(({ from, to }) => [from, to]),
  ]);
}

/** Nodes after which a stage ends: a pooling or a join that alone leads on, apart from skips. */
function stageEnds({ nodes, edges }: NetworkGraph): Set<string> {
  const place = new Map(nodes.map(({ id }, i) => [id, i]));
  const quiet = new Set(nodes.filter((node) => node.quiet).map(({ id }) => id));
  const lastReader = new Array<number>(nodes.length).fill(-1);
  for (const { from, to, role } of edges) {
    if (role === 'skip' || role === 'label' || role === 'size' || quiet.has(to)) continue;
    lastReader[place.get(from)!] = Math.max(lastReader[place.get(from)!]!, place.get(to)!);
  }
  const ends = new Set<string>();
  let furthest = -1;
  for (const [i, { id, kind }] of nodes.entries()) {
    if ((kind === 'pooling' || kind === 'join') && furthest <= i) ends.add(id);
    furthest = Math.max(furthest, lastReader[i]!);
  }
  return ends;
}

/** "conv4_1 … conv4_3", or "inception_3a" and "conv1 … pool1" where names have a part before a slash. */
function runTitle(nodes: readonly GraphNode[]): string {
  const ends = [nodes[0]!, nodes.at(-1)!].map(({ layers }) => layers[0].name.replace(/(?<=.)\/.*/, ''));
  return ends[0] === ends[1] ? ends[0]! : ends.join(' … ');
}

function runNode(nodes: readonly GraphNode[]): GraphNode {
  const [first, ...rest] = nodes.flatMap(({ layers }) => layers);
  const last = nodes.at(-1)!;
  return {
    id: `run ${nodes[0]!.id}`,
    kind: 'other',
    layers: [first!, ...rest],
    shape: last.shape,
    quiet: nodes.every(({ quiet }) => quiet),
    run: runTitle(nodes),
  };
}

/**
 * The graph with neighbours in its order drawn as one node each; any stretch of that order can be, and no edge turns back.
 * A run that begins with a layer of `open` stays unfolded.
 */
export function foldGraph(
  graph: NetworkGraph,
  folding: Folding,
  open: ReadonlySet<string> = new Set(),
): NetworkGraph {
  if (folding === 'none') return graph;
  const stay = landmarks(graph);
  const ends = folding === 'stages' ? stageEnds(graph) : new Set<string>();
  const stretches: GraphNode[][] = [];
  let stretch: GraphNode[] = [];
  for (const node of graph.nodes) {
    if (stay.has(node.id)) stretch = [];
    else if (stretch.length === 0) stretches.push((stretch = [node]));
    else stretch.push(node);
    if (ends.has(node.id)) stretch = [];
  }
  const heads = new Map<string, GraphNode>();
  for (const nodes of stretches) {
    if (nodes.length < 2 || open.has(nodes[0]!.layers[0].name)) continue;
    const run = runNode(nodes);
    for (const { id } of nodes) heads.set(id, run);
  }
  if (!heads.size) return graph;
  const idOf = (id: string) => heads.get(id)?.id ?? id;
  const edges = new Map<string, GraphEdge>();
  for (const edge of graph.edges) {
    const [from, to] = [idOf(edge.from), idOf(edge.to)];
    const before = edges.get(`${from} ${to}`);
    if (from === to || (before && strength[before.role] <= strength[edge.role])) continue;
    edges.set(`${from} ${to}`, { ...edge, from, to });
  }
  return {
    nodes: [...new Set(graph.nodes.map((node) => heads.get(node.id) ?? node))],
    edges: [...edges.values()],
  };
}
