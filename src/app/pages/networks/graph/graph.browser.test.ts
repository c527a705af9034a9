// The graph in a page: what is drawn and said, and what clicks, keys, wheel and drag do.
import { flushSync, mount, unmount } from 'svelte';
import { fromStore, writable } from 'svelte/store';
import { afterEach, expect, test, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { NetworkProblem } from '../../../../nets/problem';
import type { NetworkGraph as Graph } from '../../../state/network-graph';
import NetworkGraph from './NetworkGraph.svelte';

const layer = (name: string, type: string, line: number) => ({ name, type, line, detail: '' });

const graph: Graph = {
  nodes: [
    { id: 'd', kind: 'input', layers: [layer('data', 'input', 1)], shape: '3 × 64 × 64', quiet: false },
    {
      id: 'c',
      kind: 'convolution',
      layers: [layer('conv1', 'Convolution', 5), layer('relu1', 'ReLU', 15)],
      shape: '8 × 64 × 64',
      quiet: false,
    },
    { id: 'p', kind: 'pooling', layers: [layer('pool1', 'Pooling', 25)], shape: '', quiet: false },
    { id: 'u', kind: 'upsampling', layers: [layer('up', 'Deconvolution', 35)], shape: '', quiet: false },
    { id: 's', kind: 'join', layers: [layer('sum', 'Eltwise', 45)], shape: '', quiet: false },
  ],
  edges: [
    { from: 'd', to: 'c', blob: 'data', role: 'main' },
    { from: 'c', to: 'p', blob: 'conv1', role: 'main' },
    { from: 'p', to: 'u', blob: 'pool1', role: 'main' },
    { from: 'u', to: 's', blob: 'up', role: 'main' },
    { from: 'c', to: 's', blob: 'conv1', role: 'skip' },
  ],
};

let remove: (() => Promise<void>) | null = null;

afterEach(async () => {
  await remove?.();
  remove = null;
});

function open(height = 600, problems: ReadonlyMap<string, readonly NetworkProblem[]> = new Map()) {
  const parent = document.createElement('div');
  parent.style.cssText = `width: 480px; height: ${height}px`;
  document.body.append(parent);
  const selected = fromStore(writable<string | null>(null));
  const onselect = vi.fn<(layer: string, line: number) => void>();
  const component = mount(NetworkGraph, {
    target: parent,
    props: {
      graph,
      get selected() {
        return selected.current;
      },
      onselect,
      problems,
    },
  });
  flushSync();
  remove = async () => {
    await unmount(component);
    parent.remove();
  };
  const node = (id: string) => parent.querySelector<SVGElement>(`[data-node=${id}]`)!;
  const stage = parent.querySelector<HTMLElement>('[role=group]')!;
  const view = () => parent.querySelector<SVGElement>('svg > g')!.style.transform;
  return { parent, selected, onselect, node, stage, view };
}

const frame = () => new Promise((done) => requestAnimationFrame(done));

test('nodes are buttons that say what they are; skips are drawn as skips', async () => {
  const { parent, node } = open();
  await frame();
  expect(parent.querySelectorAll('[role=button]')).toHaveLength(5);
  expect(node('c').getAttribute('aria-label')).toBe('conv1, convolution, then ReLU, 8 × 64 × 64, from data');
  expect(node('s').getAttribute('aria-label')).toBe('sum, join, from up, by a skip from conv1');
  expect(parent.querySelectorAll('.edge.skip')).toHaveLength(1);
  expect([...parent.querySelectorAll('[role=button][tabindex="0"]')]).toEqual([node('d')]);
});

test('a click on a node or on a folded layer selects it', async () => {
  const { node, parent, onselect, selected } = open();
  await frame();
  await userEvent.click(node('p').querySelector('.name')!);
  expect(onselect).toHaveBeenLastCalledWith('pool1', 25);
  await userEvent.click(parent.querySelector('[data-layer=relu1]')!);
  expect(onselect).toHaveBeenLastCalledWith('relu1', 15);
  expect(onselect).toHaveBeenCalledTimes(2);
  selected.current = 'relu1';
  flushSync();
  expect(node('c').getAttribute('aria-pressed')).toBe('true');
  expect(node('p').getAttribute('aria-pressed')).toBe('false');
  expect(parent.querySelectorAll('.edge.lit')).toHaveLength(3);
});

test('arrow keys walk along the edges, Enter selects', async () => {
  const { node, onselect } = open();
  await frame();
  node('d').focus();
  await userEvent.keyboard('{ArrowDown}{ArrowDown}');
  expect(document.activeElement).toBe(node('p'));
  await userEvent.keyboard('{Enter}');
  expect(onselect).toHaveBeenLastCalledWith('pool1', 25);
  await userEvent.keyboard('{End}{ArrowUp}{ArrowUp}{ArrowUp}');
  expect(document.activeElement).toBe(node('c'));
  expect(node('c').getAttribute('tabindex')).toBe('0');
});

test('problems have a shape and are said', async () => {
  const { node } = open(
    600,
    new Map([
      ['relu1', [{ severity: 'warning', message: 'A slope is missing.', line: 15 }]],
      ['up', [{ severity: 'error', message: 'No filler.', line: 35 }]],
    ]),
  );
  await frame();
  expect(node('c').querySelector('.mark.warning')).not.toBeNull();
  expect(node('c').getAttribute('aria-label')).toContain('warning: A slope is missing.');
  expect(node('u').querySelector('.mark.error')).not.toBeNull();
  expect(node('u').getAttribute('aria-label')).toContain('error: No filler.');
  expect(node('p').querySelector('.mark')).toBeNull();
});

test('wheel and keys zoom, 0 fits, drag pans without selecting', async () => {
  const { node, stage, view, onselect } = open(400);
  await frame();
  const before = view();
  stage.dispatchEvent(
    new WheelEvent('wheel', { ctrlKey: true, deltaY: -20, clientX: 100, clientY: 100, cancelable: true }),
  );
  flushSync();
  expect(view()).not.toBe(before);
  const zoomed = view();
  const free = new WheelEvent('wheel', { deltaY: -200, clientX: 100, clientY: 100, cancelable: true });
  stage.dispatchEvent(free);
  flushSync();
  expect(free.defaultPrevented).toBe(false);
  expect(view()).toBe(zoomed);
  node('d').focus();
  await userEvent.keyboard('0');
  const scale = Number(/scale\((.+)\)/.exec(view())![1]);
  const box = stage.querySelector('svg > g')!;
  expect(scale).toBeLessThanOrEqual(1);
  await expect
    .poll(() => box.getBoundingClientRect().bottom)
    .toBeLessThanOrEqual(stage.getBoundingClientRect().bottom);

  const whole = view();
  const at = node('p').getBoundingClientRect();
  const pointer = (type: string, dx: number) =>
    node('p').dispatchEvent(
      new PointerEvent(type, {
        bubbles: true,
        pointerId: 1,
        button: 0,
        clientX: at.x + 9 + dx,
        clientY: at.y + 9,
      }),
    );
  // No pointer of this test is a real one that an element could capture.
  stage.setPointerCapture = () => undefined;
  pointer('pointerdown', 0);
  pointer('pointermove', 2);
  expect(view()).toBe(whole);
  pointer('pointermove', 60);
  flushSync();
  expect(view()).not.toBe(whole);
  pointer('pointerup', 60);
  node('p').dispatchEvent(new MouseEvent('click', { bubbles: true }));
  expect(onselect).not.toHaveBeenCalled();
});

test('a layer that is selected elsewhere comes into sight', async () => {
  const { node, stage, selected } = open(200);
  await frame();
  const { x, y } = stage.getBoundingClientRect();
  stage.dispatchEvent(new WheelEvent('wheel', { ctrlKey: true, deltaY: -135, clientX: x + 240, clientY: y }));
  flushSync();
  const inSight = () => {
    const [a, b] = [node('s').getBoundingClientRect(), stage.getBoundingClientRect()];
    return a.top >= b.top && a.bottom <= b.bottom;
  };
  expect(inSight()).toBe(false);
  selected.current = 'sum';
  flushSync();
  await expect.poll(inSight).toBe(true);
});
