// A network as nodes and edges to draw: layers that work in place are folded into the node that they follow.
import { isUnread, type NetSketch, type SketchLayer } from '../../nets/sketch';
import type { LayerSpec } from '../../nets/spec';
import { kindWord, layerDetail, layerKind, times, type LayerKind } from './layer-summary';
import { edgeRoles, type EdgeRole } from './main-path';

export interface GraphLayer {
  name: string;
  type: string;
  line: number;
  /** Its settings in a few words; may be empty. */
  detail: string;
}

export interface GraphNode {
  id: string;
  kind: LayerKind;
  /** The layer that makes the blob, then those that work on it in place. */
  layers: [GraphLayer, ...GraphLayer[]];
  /** The shape of what it makes, as the caller writes it; empty where it is not known. */
  shape: string;
  /** Labels, losses and accuracies: there while training, but not what the network does. */
  quiet: boolean;
  /** What several nodes are called that are drawn as this one; `layers` then has those of all of them. */
  run?: string;
}

export interface GraphEdge {
  /** Ids of nodes. */
  from: string;
  to: string;
  blob: string;
  role: EdgeRole;
}

/** Nodes in the order in which they run: every edge leads from an earlier node to a later one. */
export interface NetworkGraph {
  nodes: GraphNode[];
  edges: GraphEdge[];
}

/** A blob as the next layer finds it: who made it, and whether anyone has read it since. */
interface Maker {
  node: number;
  read: boolean;
  /** The only blob of its node. */
  alone: boolean;
}

function worksInPlace({ bottoms, tops }: SketchLayer, makers: ReadonlyMap<string, Maker>): Maker | null {
  if (bottoms.length !== 1 || tops.length !== 1 || bottoms[0] !== tops[0]) return null;
  const maker = makers.get(bottoms[0]!);
  return maker?.alone && !maker.read ? maker : null;
}

/** What a layer is, and its settings; of an unread one its type and where it is written. */
function summary(layer: SketchLayer): { kind: LayerKind; detail: string } {
  if (!isUnread(layer)) return { kind: layerKind(layer.type), detail: layerDetail(layer) };
  const kind = layer.supported ? layerKind(layer.type as LayerSpec['type']) : 'unknown';
  return { kind, detail: `${layer.type}, line ${layer.line}` };
}

/**
 * The graph of a network. `shapes` holds a short text by layer name, and by blob name for inputs; the network may be
 * wrong: blobs that nobody makes have no edge.
 */
export function networkGraph(spec: NetSketch, shapes: ReadonlyMap<string, string> = new Map()): NetworkGraph {
  const nodes: GraphNode[] = [];
  const edges: { from: number; to: number; blob: string; role: EdgeRole }[] = [];
  const makers = new Map<string, Maker>();

  for (const [position, { name, line, role, shape }] of spec.inputs.entries()) {
    const kind = role === 'label' ? 'label' : 'input';
    makers.set(name, { node: nodes.length, read: false, alone: true });
    nodes.push({
      id: `input ${position}`,
      kind,
      layers: [{ name, type: kind, line, detail: '' }],
      shape: shapes.get(name) ?? (shape ? times(shape) : ''),
      quiet: kind === 'label',
    });
  }
  for (const [position, layer] of spec.layers.entries()) {
    const { name, type, line, bottoms, tops } = layer;
    const { kind, detail } = summary(layer);
    const entry = { name, type, line, detail };
    const folded = worksInPlace(layer, makers);
    if (folded) {
      nodes[folded.node]!.layers.push(entry);
      continue;
    }
    const to = nodes.length;
    for (const [i, blob] of bottoms.entries()) {
      const maker = makers.get(blob);
      if (!maker) continue;
      maker.read = true;
      const isSize = type === 'Crop' && i === 1;
      const isLabel = nodes[maker.node]!.kind === 'label' || (kind === 'loss' && i === 1);
      const role = isSize ? 'size' : isLabel ? 'label' : 'branch';
      edges.push({ from: maker.node, to, blob, role });
    }
    for (const top of tops) makers.set(top, { node: to, read: false, alone: tops.length === 1 });
    nodes.push({
      id: `layer ${position}`,
      kind,
      layers: [entry],
      shape: shapes.get(name) ?? '',
      quiet: kind === 'loss',
    });
  }

  const roles = edgeRoles(
    // A layer of unknown type that reads nothing brings the data in.
    nodes.map(({ kind, layers }, i) => ({
      kind: kind === 'unknown' && !edges.some(({ to }) => to === i) ? 'input' : kind,
      type: layers[0].type,
    })),
    edges,
  );
  return {
    nodes,
    edges: edges.map(({ from, to, blob }, i) => ({
      from: nodes[from]!.id,
      to: nodes[to]!.id,
      blob,
      role: roles[i]!,
    })),
  };
}

/** The node that shows a layer, or an input blob, of this name. */
export function nodeOf(graph: NetworkGraph, layer: string | null): GraphNode | null {
  if (layer === null) return null;
  return graph.nodes.find(({ layers }) => layers.some(({ name }) => name === layer)) ?? null;
}

/** "conv1, convolution 11 × 11, stride 4, 96, then ReLU, 96 × 112 × 112, from shift": what a screen reader says. */
export function spokenNode(graph: NetworkGraph, node: GraphNode): string {
  const [first, ...folded] = node.layers;
  const names = new Map(graph.nodes.map(({ id, layers, run }) => [id, run ?? layers[0].name]));
  const from = graph.edges
    .filter(({ to }) => to === node.id)
    .map(({ from, role }) => (role === 'skip' ? 'by a skip ' : '') + 'from ' + names.get(from));
  const word = kindWord(node.kind, first.type);
  const what = [
    first.name,
    first.detail ? `${word} ${first.detail}` : word,
    ...(folded.length ? ['then ' + folded.map(({ type }) => type).join(' and ')] : []),
  ];
  return [
    ...(node.run === undefined ? what : [node.run, `${node.layers.length} layers, folded`]),
    ...(node.shape ? [node.shape] : []),
    ...from,
  ].join(', ');
}
