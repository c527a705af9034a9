// What the layout need not think about: nodes that simply follow one another, and edges that would only tangle.
import type { GraphEdge, GraphNode, NetworkGraph } from '../../../state/network-graph';

/**
 * Edges that do not pull at the layout: sizes read from an input at the other end of the network, and labels for all but their
 * last reader.
 */
export function farEdges({ nodes, edges }: NetworkGraph): Set<GraphEdge> {
  const flowing = new Set(edges.filter(({ role }) => role !== 'size').map(({ from }) => from));
  const inputs = new Set(
    nodes.filter(({ id, kind }) => kind === 'input' && flowing.has(id)).map(({ id }) => id),
  );
  const lastReader = new Map(edges.filter(({ role }) => role === 'label').map((edge) => [edge.from, edge]));
  return new Set(
    edges.filter((edge) =>
      edge.role === 'label'
        ? lastReader.get(edge.from) !== edge
        : edge.role === 'size' && inputs.has(edge.from),
    ),
  );
}

/**
 * Nodes in runs where each is the only reader of the one before and reads nothing else. A run is one column: laid out as
 * a single tall node it stays straight, and dagre has a tenth of the work.
 */
export function chains(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphNode[][] {
  const readers = new Map<string, GraphEdge[]>();
  const read = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    readers.set(edge.from, [...(readers.get(edge.from) ?? []), edge]);
    read.set(edge.to, [...(read.get(edge.to) ?? []), edge]);
  }
  const columns = new Map<string, GraphNode[]>();
  for (const node of nodes) {
    const [only, ...more] = read.get(node.id) ?? [];
    const follows = only && more.length === 0 && readers.get(only.from)!.length === 1;
    const column = follows ? columns.get(only.from)! : [];
    column.push(node);
    columns.set(node.id, column);
  }
  return [...new Set(columns.values())];
}
