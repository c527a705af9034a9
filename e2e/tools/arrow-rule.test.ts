// Lints small sources with the project's own configuration: every wrong arrow and every door must fail.
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { expect, test } from 'vitest';

const eslint = new ESLint({
  cwd: fileURLToPath(new URL('../..', import.meta.url)),
  // The sources exist only here, so TypeScript's program cannot know them; all other rules stay as they are.
  overrideConfig: [tseslint.configs.disableTypeChecked],
});

/** The lint rules that a source breaks when it lies at `filePath`. */
async function faults(filePath: string, source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath });
  return result!.messages.map(({ ruleId, message }) => ruleId ?? message);
}

const value = (specifier: string) => `import { it } from '${specifier}';\nexport const used = it;\n`;
const type = (specifier: string) => `import type { It } from '${specifier}';\nexport type Used = It;\n`;

const rooms = [
  'core',
  'formats',
  'data',
  'nets',
  'engine',
  'training',
  'inference',
  'storage',
  'rpc',
  'app',
] as const;

/** What each room may import at run time. */
const allowed: Record<string, string> = {
  core: '',
  formats: 'core',
  data: 'core formats',
  nets: 'core formats',
  engine: 'core formats nets',
  training: 'core data nets engine',
  inference: 'core data nets engine',
  storage: 'core data',
  rpc: 'core',
  app: 'core data nets storage rpc',
};

/** What each room may import with `import type` besides. */
const allowedTypes: Record<string, string> = {
  training: 'inference',
  inference: 'training',
  storage: 'nets training',
  rpc: 'formats data nets engine training inference storage',
  app: 'engine training inference',
};

const has = (list: string | undefined, room: string) => (list ?? '').split(' ').includes(room);

test.each(rooms)('arrows from %s', async (from) => {
  for (const to of rooms.filter((room) => room !== from)) {
    const file = `src/${from}/thing.ts`;
    const mayValue = has(allowed[from], to);
    const mayType = mayValue || has(allowedTypes[from], to);
    const wrong = ['house/arrows'];
    expect(await faults(file, value(`../${to}/other`)), `${from} -> ${to}`).toEqual(mayValue ? [] : wrong);
    expect(await faults(file, type(`../${to}/other`)), `${from} -> type ${to}`).toEqual(mayType ? [] : wrong);
  }
  expect(await faults(`src/${from}/thing.ts`, value('./other'))).toEqual([]);
  expect(await faults(`src/${from}/deep/thing.ts`, value('../other'))).toEqual([]);
});

const doors: Record<string, string> = {
  '@tensorflow/tfjs': 'engine',
  svelte: 'app',
  'svelte/store': 'app',
  idb: 'storage',
  comlink: 'rpc',
  'fast-png': 'formats data',
  fflate: 'formats data',
  uplot: 'app',
  '@codemirror/state': 'app',
  '@lezer/highlight': 'app',
  '@dagrejs/dagre': 'app',
  three: 'data',
};

test.each(Object.keys(doors))('the door of %s', async (name) => {
  for (const room of rooms) {
    const expected = has(doors[name], room) ? [] : ['house/arrows'];
    expect(await faults(`src/${room}/thing.ts`, value(name)), room).toEqual(expected);
    expect(await faults(`src/${room}/thing.test.ts`, value(name)), `test in ${room}`).toEqual(expected);
  }
  const expected = name === 'comlink' ? [] : ['house/arrows'];
  expect(await faults('workers/thing.worker.ts', value(name)), 'workers').toEqual(expected);
});

test.each([
  ['an export', "export { it } from '../app/other';\n"],
  ['an export of everything', "export * from '../app/other';\n"],
  ['a dynamic import', "export const it = () => import('../app/other');\n"],
  ['a type named in place', "export type It = import('../app/other').It;\n"],
  ['a path with a query', "import it from '../app/other.svelte?raw';\nexport const used = it;\n"],
  ['an import for its effect', "import '../app/other';\n"],
  ['an inline type, which still loads the file', value('../app/other').replace('it }', 'type it }')],
  ['a URL', "export const url = new URL('../app/other.ts', import.meta.url);\n"],
  ['a glob', "export const all = import.meta.glob('../app/*.ts');\n"],
  ['a file outside the rooms', value('../../e2e/tools/other')],
  ['a file beside the rooms', value('../other')],
  ['a Node.js module', value('node:fs')],
])('data must not reach app by %s', async (_name, source) => {
  expect(await faults('src/data/thing.ts', source)).toContain('house/arrows');
});

test('a worker is named by URL in rpc only', async () => {
  const source = "export const url = new URL('../../workers/thing.worker.ts', import.meta.url);\n";
  expect(await faults('src/rpc/thing.ts', source)).toEqual([]);
  expect(await faults('src/app/thing.ts', source)).toEqual(['house/arrows']);
  expect(await faults('src/rpc/thing.ts', value('../../workers/thing.worker'))).toEqual(['house/arrows']);
});

test('workers import everything below app, main only app', async () => {
  for (const room of rooms) {
    const expected = room === 'app' ? ['house/arrows'] : [];
    expect(await faults('workers/thing.worker.ts', value(`../src/${room}/other`)), room).toEqual(expected);
    const fromMain = room === 'app' ? [] : ['house/arrows'];
    expect(await faults('src/main.ts', value(`./${room}/other`)), room).toEqual(fromMain);
  }
});

test('the rule holds in components', async () => {
  const component = (specifier: string) =>
    `<script lang="ts">\n  import { it } from '${specifier}';\n</script>\n\n<p>{it}</p>\n`;
  expect(await faults('src/app/ui/Thing.svelte', component('../../rpc/other'))).toEqual([]);
  expect(await faults('src/app/ui/Thing.svelte', component('../../engine/other'))).toEqual(['house/arrows']);
  expect(await faults('src/app/ui/Thing.svelte', component('@tensorflow/tfjs'))).toEqual(['house/arrows']);
  expect(await faults('src/app/ui/thing.svelte.ts', value('../../engine/other'))).toEqual(['house/arrows']);
});

test('a test may import its room and what lies below it, and Node.js', async () => {
  expect(await faults('src/training/loop.test.ts', value('../formats/other'))).toEqual([]);
  expect(await faults('src/training/loop.test.ts', value('node:fs'))).toEqual([]);
  expect(await faults('src/storage/tiles.browser.test.ts', value('../data/other'))).toEqual([]);
  expect(await faults('src/training/loop.test.ts', value('../storage/other'))).toEqual(['house/arrows']);
  expect(await faults('src/training/loop.test.ts', value('../inference/other'))).toEqual(['house/arrows']);
  expect(await faults('src/data/tiles.test.ts', value('../nets/other'))).toEqual(['house/arrows']);
});

test.each([
  ['markup from a string', 'src/app/ui/Thing.svelte', '<p>{@html "<b></b>"}</p>\n', 'svelte/no-at-html-tags'],
  ['a default export', 'src/core/thing.ts', 'export default 1;\n', 'no-restricted-syntax'],
  ['a message on the console', 'src/core/thing.ts', "console.log('x');\n", 'no-console'],
])('%s is refused', async (_name, file, source, rule) => {
  expect(await faults(file, source)).toEqual([rule]);
});
