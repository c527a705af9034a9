// What folds and what stays, and what is written beside joins and crops: the built-in networks as they are drawn at first.
import { expect, test } from 'vitest';
import { readNetwork } from '../../../../nets/read-network';
import { zooNetworks, zooPrototxt } from '../../../../nets/zoo';
import { networkGraph, spokenNode } from '../../../state/network-graph';
import { captions } from './captions';
import { foldGraph, foldings } from './fold';
import { layoutGraph } from './layout';

const measure = (text: string, size: number) => text.length * size * 0.58;
const graphOf = (id: string) => networkGraph(readNetwork(zooPrototxt(id)));
const titles = (graph: ReturnType<typeof graphOf>) =>
  graph.nodes.map(({ run, layers }) => run ?? layers[0].name);

test('FCN-8s folds to its skips, joins and upsamplings', () => {
  const graph = graphOf('fcn-8s');
  const folded = foldGraph(graph, 'runs');
  expect(titles(folded).join(', ')).toBe(
    'data, label, shift … conv3_3, pool3, conv4_1 … conv4_3, pool4, conv5_1 … score_fr, upscore2, score_pool4, ' +
      'score_pool4c, fuse_pool4, upscore_pool4, score_pool3, score_pool3c, fuse_pool3, upscore8, score, loss',
  );
  expect(spokenNode(folded, folded.nodes[4]!)).toBe('conv4_1 … conv4_3, 6 layers, folded, from pool3');
  expect(titles(foldGraph(graph, 'stages')).slice(2, 6)).toEqual([
    'shift … pool1',
    'conv2_1 … pool2',
    'conv3_1 … conv3_3',
    'pool3',
  ]);
  const opened = titles(foldGraph(graph, 'runs', new Set(['conv4_1'])));
  expect(opened).toContain('conv4_2');
  expect(opened).toContain('shift … conv3_3');
  expect(foldGraph(graph, 'none')).toBe(graph);
});

test('inception modules fold to a node each', () => {
  const names = titles(foldGraph(graphOf('googlenet'), 'stages'));
  for (const name of ['inception_3a', 'inception_4e', 'inception_5b']) expect(names).toContain(name);
  expect(names.length).toBeLessThan(28);
});

test.each(zooNetworks)('$name has all its layers once, folded or not, and edges lead down', ({ id }) => {
  const graph = graphOf(id);
  const all = graph.nodes.flatMap(({ layers }) => layers.map(({ name }) => name)).sort();
  for (const folding of foldings) {
    const folded = foldGraph(graph, folding);
    expect(folded.nodes.flatMap(({ layers }) => layers.map(({ name }) => name)).sort()).toEqual(all);
    const place = new Map(folded.nodes.map((node, i) => [node.id, i]));
    for (const { from, to } of folded.edges) expect(place.get(from)!).toBeLessThan(place.get(to)!);
    expect(layoutGraph(folded, measure).nodes).toHaveLength(folded.nodes.length);
  }
});

test('joins say which skip comes in, crops where they begin, and nothing lies under it', () => {
  const graph = foldGraph(graphOf('fcn-8s'), 'runs');
  const said = new Map([...captions(graph)].map(([node, { text }]) => [node.layers[0].name, text]));
  expect(Object.fromEntries(said)).toEqual({
    fuse_pool4: 'skip from pool4',
    fuse_pool3: 'skip from pool3',
    score_pool4c: 'crop, offset 5',
    score_pool3c: 'crop, offset 9',
    score: 'crop, offset 31',
  });
  const { nodes, width } = layoutGraph(graph, measure);
  for (const at of nodes.filter(({ caption }) => caption !== null)) {
    const room = measure(at.caption!.text, 24);
    const x = at.caption!.side === 'right' ? at.x + at.width : at.x - room;
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x + room).toBeLessThanOrEqual(width);
    const beside = nodes.filter(({ y }) => Math.abs(y - at.y) < 46);
    expect(beside.filter((one) => one !== at && one.x < x + room && one.x + one.width > x)).toEqual([]);
  }
  expect(nodes.filter(({ caption }) => caption !== null)).toHaveLength(5);
});
