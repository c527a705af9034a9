// Where nodes lie, how edges run, what is in sight and where the arrow keys lead; without a page.
import { expect, test } from 'vitest';
import type { EdgeRole } from '../../../state/main-path';
import type { NetworkGraph } from '../../../state/network-graph';
import { openingView, reveal, wholeGraph } from './graph-view';
import { layoutGraph, type GraphLayout, type PlacedNode } from './layout';
import { nodeAt } from './walk';

const measure = (text: string, size: number) => text.length * size * 0.6;

/** A graph from its edges, such as "data conv1 main"; nodes in the order in which they are first named. */
function graphOf(rows: string): NetworkGraph {
  const edges = rows
    .trim()
    .split('\n')
    .map((row) => row.trim().split(' '))
    .map(([from = '', to = '', role = 'main']) => ({ from, to, blob: from, role: role as EdgeRole }));
  const names = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort(
    (a, b) => Number(a.replace(/\D/g, '') || 0) - Number(b.replace(/\D/g, '') || 0),
  );
  return {
    edges,
    nodes: names.map((name, line) => ({
      id: name,
      kind: name === 'data' ? 'input' : 'other',
      layers: [{ name, type: 'Power', line, detail: 'times 2' }],
      shape: '3 × 4 × 4',
      quiet: false,
    })),
  };
}

const fcn = () =>
  graphOf(`
    data n1
    n1 n2
    n2 n3
    n3 n4
    n2 n5 skip
    n4 n6 size
    n5 n6 skip
    n4 n7
    n6 n7 skip
    n7 n8
    data n8 size`);

const at = (layout: GraphLayout, id: string) => layout.nodes.find(({ node }) => node.id === id)!;
const middle = ({ x, width }: PlacedNode) => x + width / 2;

function expectSound(layout: GraphLayout): void {
  for (const [i, a] of layout.nodes.entries()) {
    expect(a.x).toBeGreaterThanOrEqual(0);
    expect(a.x + a.width).toBeLessThanOrEqual(layout.width);
    expect(a.y + a.height).toBeLessThanOrEqual(layout.height);
    for (const b of layout.nodes.slice(i + 1)) {
      const apart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart, `${a.node.id} and ${b.node.id}`).toBe(true);
    }
  }
  for (const { edge, path, far } of layout.edges) {
    if (far) continue;
    expect(path).toMatch(/^M[-\d. ]+([VC][-\d. ]+)+$/);
    expect(at(layout, edge.from).y, `${edge.from} above ${edge.to}`).toBeLessThan(at(layout, edge.to).y);
  }
}

test('the main path is a straight column, skips go beside it', () => {
  const graph = fcn();
  const layout = layoutGraph(graph, measure);
  expectSound(layout);
  const main = ['data', 'n1', 'n2', 'n3', 'n4', 'n7', 'n8'].map((id) => Math.round(middle(at(layout, id))));
  expect(new Set(main).size).toBe(1);
  expect(Math.abs(middle(at(layout, 'n5')) - main[0]!)).toBeGreaterThan(60);
  expect(layout.nodes.map(({ node }) => node.id)).toEqual(graph.nodes.map(({ id }) => id));
  expect(layout.edges.filter(({ far }) => far).map(({ edge }) => edge.to)).toEqual(['n8']);
  expect(layoutGraph(graph, measure)).toBe(layout);
});

test('nothing overlaps in graphs of any form', () => {
  let seed = 1;
  const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = 0; round < 40; round++) {
    const count = 2 + random(30);
    const rows = Array.from({ length: count }, (_, i) => {
      const roles = ['main', 'branch', 'skip', 'size'];
      const from = random(i + 1);
      return `${from ? `n${from}` : 'data'} n${i + 1} ${random(3) ? 'main' : roles[random(4)]}`;
    });
    expectSound(layoutGraph(graphOf(rows.join('\n')), measure));
  }
});

test('a graph without nodes has a layout', () => {
  const layout = layoutGraph({ nodes: [], edges: [] }, measure);
  expect(layout).toMatchObject({ width: 1, height: 1, nodes: [], edges: [] });
  expect(openingView(layout, { width: 300, height: 200 }).scale).toBe(1);
});

test('a name that is too long is cut, and its node is no wider than others may be', () => {
  const graph = graphOf('data n1');
  graph.nodes[1]!.layers[0].name = 'a'.repeat(100);
  const { title, width } = at(layoutGraph(graph, measure), 'n1');
  expect(title).toMatch(/^a{20,}…$/);
  expect(width).toBeLessThan(345);
});

test('the first view shows the graph whole where at least names can be read, else where skips join, or its beginning', () => {
  const layout = layoutGraph(fcn(), measure);
  const large = openingView(layout, { width: 2000, height: 2000 });
  expect(large.scale).toBe(1);
  expect(openingView(layout, { width: 320, height: 250 }).scale).toBeLessThan(0.7);
  const screen = { width: 320, height: 100 };
  const small = openingView(layout, screen);
  expect(small.scale).toBeGreaterThanOrEqual(0.85);
  const joined = at(layout, 'n7');
  expect(small.y + joined.y * small.scale).toBeGreaterThanOrEqual(0);
  expect(small.y + (joined.y + joined.height) * small.scale).toBeLessThanOrEqual(screen.height);
  const plain = layoutGraph(graphOf('data n1\nn1 n2\nn2 n3\nn3 n4'), measure);
  const beginning = openingView(plain, { width: 120, height: 130 });
  expect(beginning.y).toBe(0);
  expect(beginning.x + middle(at(plain, 'data')) * beginning.scale).toBeCloseTo(60, 0);
  const whole = wholeGraph(layout, { width: 320, height: 200 });
  expect(whole.scale * layout.height).toBeLessThanOrEqual(200.001);
});

test('a node is brought into sight by the least move', () => {
  const layout = layoutGraph(fcn(), measure);
  const screen = { width: 400, height: 200 };
  const view = openingView(layout, screen);
  const last = at(layout, 'n8');
  const moved = reveal(view, last, screen);
  expect(moved.scale).toBe(view.scale);
  expect(moved.y + (last.y + last.height) * moved.scale).toBeLessThanOrEqual(screen.height);
  expect(reveal(moved, last, screen)).toBe(moved);
});

test('arrow keys follow edges, the main one first, and go to what lies beside', () => {
  const layout = layoutGraph(fcn(), measure);
  const go = (...keys: string[]) =>
    keys.reduce((id: string | undefined, key) => nodeAt(layout, id ?? '', key)?.node.id, 'data');
  expect(go('ArrowDown', 'ArrowDown', 'ArrowDown')).toBe('n3');
  expect(go('End', 'ArrowUp', 'ArrowUp')).toBe('n4');
  const side = middle(at(layout, 'n5')) > middle(at(layout, 'n3')) ? 'ArrowRight' : 'ArrowLeft';
  const backSide = side === 'ArrowRight' ? 'ArrowLeft' : 'ArrowRight';
  expect(['n5', 'n6']).toContain(go('ArrowDown', 'ArrowDown', 'ArrowDown', side));
  expect(nodeAt(layout, 'n5', 'ArrowDown')?.node.id).toBe('n6');
  expect(nodeAt(layout, 'n6', 'ArrowUp')?.node.id).toBe('n5');
  expect(nodeAt(layout, 'n6', backSide)).not.toBeNull();
  expect(go('End', 'Home')).toBe('data');
  expect(nodeAt(layout, 'data', 'ArrowUp')).toBeNull();
  expect(nodeAt(layout, 'data', 'x')).toBeNull();
  expect(nodeAt(layout, 'nothing', 'ArrowDown')).toBeNull();
});
