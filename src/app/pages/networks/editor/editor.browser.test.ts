// The editor in a page: writing, completing, problems and their repair, text that comes from outside, comparison.
import { flushSync, mount, unmount } from 'svelte';
import { fromStore, writable } from 'svelte/store';
import { afterEach, expect, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { NetworkProblem } from '../../../../nets/problem';
import PrototxtEditor from './PrototxtEditor.svelte';
import PrototxtView from './PrototxtView.svelte';

const sample = `layer {
  name: "conv1"
  type: "Convolution"
  convolution_param { num_output: 96 }
}
layer {
  name: "relu1"
  type: "ReLU"
}
`;

let remove: (() => Promise<void>) | null = null;

afterEach(async () => {
  await remove?.();
  remove = null;
});

function target(): HTMLElement {
  const element = document.createElement('div');
  element.style.height = '400px';
  document.body.append(element);
  return element;
}

/** An editor whose properties can be changed, as a page around it would. */
function open(given: { text?: string; problems?: NetworkProblem[]; readonly?: boolean } = {}) {
  const text = fromStore(writable(given.text ?? sample));
  const problems = fromStore(writable<NetworkProblem[]>(given.problems ?? []));
  const line = fromStore(writable<number | null>(null));
  const online = vi.fn<(line: number) => void>();
  const parent = target();
  const component = mount(PrototxtEditor, {
    target: parent,
    props: {
      get text() {
        return text.current;
      },
      set text(next: string) {
        text.current = next;
      },
      get problems() {
        return problems.current;
      },
      get line() {
        return line.current;
      },
      label: 'Network',
      readonly: given.readonly ?? false,
      online,
    },
  });
  flushSync();
  remove = async () => {
    await unmount(component);
    parent.remove();
  };
  const content = parent.querySelector<HTMLElement>('.cm-content')!;
  return { text, problems, line, online, content, parent };
}

/** Clicks on the text of a line, from 1. */
async function clickLine(parent: HTMLElement, number: number): Promise<void> {
  await userEvent.click(parent.querySelectorAll('.cm-line')[number - 1]!);
}

const numOutput: NetworkProblem = {
  severity: 'error',
  message: 'The score has 96 channels, the dataset 12 classes.',
  line: 4,
  start: sample.indexOf('96'),
  end: sample.indexOf('96') + 2,
  layer: 'conv1',
  fix: {
    label: 'Use 12',
    edits: [{ start: sample.indexOf('96'), end: sample.indexOf('96') + 2, insert: '12' }],
  },
};

test('what is written reaches the page, and the cursor tells its line', async () => {
  const { text, content, parent, online } = open();
  expect(content.getAttribute('aria-label')).toBe('Network');
  expect(parent.querySelector(`#${content.getAttribute('aria-describedby')}`)!.textContent).toContain(
    'Escape, then Tab',
  );
  await clickLine(parent, 2);
  expect(online).toHaveBeenLastCalledWith(2);
  await userEvent.keyboard('{End}{Enter}# mine');
  expect(text.current).toBe(sample.replace('"conv1"\n', '"conv1"\n  # mine\n'));
  expect(online).toHaveBeenLastCalledWith(3);
  await userEvent.keyboard('{Control>}z{/Control}{Control>}z{/Control}');
  expect(text.current).toBe(sample);
});

test('a search and a jump to a problem tell the line, as does writing where the cursor is already', async () => {
  const { parent, online } = open({ problems: [numOutput] });
  await clickLine(parent, 1);
  await userEvent.keyboard('{Control>}f{/Control}');
  await expect.poll(() => parent.querySelector('.cm-search')).not.toBeNull();
  await userEvent.keyboard('relu1{Enter}');
  expect(online).toHaveBeenLastCalledWith(7);
  await userEvent.keyboard('{Escape}');
  await clickLine(parent, 2);
  online.mockClear();
  await userEvent.keyboard(' ');
  expect(online).toHaveBeenLastCalledWith(2);
  await userEvent.keyboard('{F8}');
  expect(online).toHaveBeenLastCalledWith(4);
});

test('Tab indents, Escape and Tab leave', async () => {
  const { text, content, parent } = open();
  await clickLine(parent, 2);
  await userEvent.keyboard('{Home}{Tab}');
  expect(text.current).toContain('\n    name: "conv1"');
  await userEvent.keyboard('{Escape}{Tab}');
  expect(content.contains(document.activeElement)).toBe(false);
});

test('suggestions fit the place and bring what follows', async () => {
  const { text, parent } = open();
  await clickLine(parent, 3);
  await userEvent.keyboard('{End}{Enter}bott');
  await expect.element(page.getByRole('option', { name: /^bottom/ })).toBeVisible();
  await new Promise((done) => setTimeout(done, 120));
  await userEvent.keyboard('{Enter}');
  expect(text.current).toContain('  bottom: ""\n');
});

test('a problem is marked and counted, and a button leads to it', async () => {
  const { parent, content } = open({ problems: [numOutput] });
  await expect.poll(() => parent.querySelector('.cm-lint-marker-error')).not.toBeNull();
  expect(parent.querySelector('.cm-lintRange-error')!.textContent).toBe('96');
  expect(parent.querySelector('[role=status]')!.textContent).toContain('1 error');
  await userEvent.click(page.getByRole('button', { name: 'Next problem' }));
  expect(document.activeElement).toBe(content);
  expect(parent.querySelector('[role=status]')!.textContent).toContain('error in line 4');
});

test('the repair is offered at the line of the problem', async () => {
  const { text, problems, parent } = open({ problems: [numOutput] });
  await clickLine(parent, 1);
  await userEvent.keyboard('{F8}');
  await expect.poll(() => parent.querySelector('[role=status]')!.textContent).toContain('error in line 4');
  await userEvent.click(page.getByRole('button', { name: 'Use 12', exact: true }));
  expect(text.current).toBe(sample.replace('96', '12'));
  problems.current = [];
  flushSync();
  expect(parent.querySelector('.cm-lintRange-error')).toBeNull();
  expect(parent.querySelector('[role=status]')!.textContent).toContain('No problems');
});

test('the tooltip offers the repair too, after the text has moved', async () => {
  const { text, parent } = open({ problems: [numOutput] });
  await clickLine(parent, 1);
  await userEvent.keyboard('{Home}# first{Enter}');
  await userEvent.hover(parent.querySelector('.cm-lintRange-error')!);
  await userEvent.click(page.getByRole('button', { name: 'Use 12' }));
  expect(text.current).toBe('# first\n' + sample.replace('96', '12'));
});

test('text from outside changes only where it differs: the cursor stays, and undo takes it back', async () => {
  const { text, parent } = open();
  await clickLine(parent, 7);
  await userEvent.keyboard('{End}');
  text.current = '# above\n' + sample.replace('96', '12');
  flushSync();
  await userEvent.keyboard('X');
  expect(text.current).toBe('# above\n' + sample.replace('96', '12').replace('"relu1"', '"relu1"X'));
  await userEvent.keyboard('{Control>}z{/Control}{Control>}z{/Control}');
  expect(text.current).toBe(sample);
});

test('carriage returns are taken out, so that offsets agree', () => {
  const { text, parent } = open({ text: 'a: 1\r\nb: 2\r\n' });
  expect(text.current).toBe('a: 1\nb: 2\n');
  expect(parent.querySelectorAll('.cm-line')).toHaveLength(3);
});

test('a layer that is selected elsewhere is marked and brought into sight, without the focus', () => {
  const long = sample.repeat(40);
  const { line, parent } = open({ text: long });
  line.current = 9 * 30 + 6;
  flushSync();
  const marked = () => [...parent.querySelectorAll('.cm-marked')].map((element) => element.textContent);
  return expect
    .poll(marked)
    .toEqual(['layer {', '  name: "relu1"', '  type: "ReLU"', '}'])
    .then(() => {
      expect(parent.contains(document.activeElement)).toBe(false);
      line.current = null;
      flushSync();
      expect(marked()).toEqual([]);
    });
});

test('what is only to be read cannot be changed', async () => {
  const { text, parent } = open({ readonly: true });
  await clickLine(parent, 2);
  await userEvent.keyboard('X');
  expect(text.current).toBe(sample);
});

test('a layer folds to its name and type', async () => {
  const { parent } = open();
  await userEvent.click(parent.querySelector('.fold.open')!);
  await expect.element(page.getByRole('button', { name: 'Unfold conv1, Convolution' })).toBeVisible();
});

test('a comparison tints the changed lines, with a sign', async () => {
  const parent = target();
  const component = mount(PrototxtView, {
    target: parent,
    props: {
      text: sample,
      label: 'After',
      changed: [
        { from: 4, to: 4 },
        { from: 90, to: 95 },
      ],
      sign: '+',
    },
  });
  remove = async () => {
    await unmount(component);
    parent.remove();
  };
  flushSync();
  const tinted = [...parent.querySelectorAll('.cm-changed')].map((element) => element.textContent);
  expect(tinted).toEqual(['  convolution_param { num_output: 96 }']);
  expect(parent.querySelector('.cm-sign')!.textContent).toContain('+');
  await userEvent.click(parent.querySelector('.cm-line')!);
  await userEvent.keyboard('X');
  expect(parent.textContent).not.toContain('X');
});
