// The lint rule that holds the house up: arrows between rooms point down only, and some packages have one door.
import { posix, relative, resolve, sep } from 'node:path';

/** What a room may import: `values` at run time, `types` in addition with `import type`. */
const rooms = {
  core: { values: [], types: [] },
  formats: { values: ['core'], types: [] },
  data: { values: ['formats', 'core'], types: [] },
  nets: { values: ['formats', 'core'], types: [] },
  engine: { values: ['nets', 'formats', 'core'], types: [] },
  training: { values: ['engine', 'data', 'nets', 'core'], types: ['inference'] },
  inference: { values: ['engine', 'data', 'nets', 'core'], types: ['training'] },
  storage: { values: ['data', 'core'], types: ['nets', 'training'] },
  rpc: {
    values: ['core'],
    types: ['formats', 'data', 'nets', 'engine', 'training', 'inference', 'storage'],
  },
  app: { values: ['rpc', 'storage', 'data', 'nets', 'core'], types: ['engine', 'training', 'inference'] },
  workers: {
    values: ['rpc', 'storage', 'inference', 'training', 'engine', 'nets', 'data', 'formats', 'core'],
    types: [],
  },
  main: { values: ['app'], types: [] },
};

/** Packages that have one door, and the rooms where it is. */
const doors = [
  { name: '@tensorflow', rooms: ['engine'] },
  { name: 'svelte', rooms: ['app', 'main'] },
  { name: 'idb', rooms: ['storage'] },
  { name: 'comlink', rooms: ['rpc', 'workers'] },
  { name: 'fast-png', rooms: ['formats', 'data'] },
  { name: 'fflate', rooms: ['formats', 'data'] },
  { name: 'uplot', rooms: ['app'] },
  { name: '@codemirror', rooms: ['app'] },
  { name: '@lezer', rooms: ['app'] },
  { name: '@dagrejs/dagre', rooms: ['app'] },
  { name: 'three', rooms: ['data'] },
];

/** @typedef {keyof typeof rooms} Room */

/** The room of a path from the repository's root, or null where it is in none. @param {string} path */
function roomOf(path) {
  const [top, room = ''] = path.split('/');
  if (top === 'workers') return 'workers';
  if (path === 'src/main.ts') return 'main';
  return top === 'src' && room in rooms && path !== `src/${room}` ? /** @type {Room} */ (room) : null;
}

/**
 * The room and all that lie below it: what its tests may import. Rooms that know each other's types share a floor.
 * @param {Room} room
 * @returns {Set<string>}
 */
function below(room) {
  const { values, types } = rooms[room];
  const lower = /** @type {Room[]} */ ([...values, ...types]).filter(
    (name) => !(/** @type {string[]} */ (rooms[name].types).includes(room)),
  );
  return new Set([room, ...lower.flatMap((name) => [...below(name)])]);
}

/** Why a package must not be imported here, or null. @param {string} specifier @param {Room} room @param {boolean} isTest */
function packageFault(specifier, room, isTest) {
  if (specifier.startsWith('node:') && !isTest) return 'Only tests may import Node.js modules.';
  const door = doors.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!door || /** @type {string[]} */ (door.rooms).includes(room)) return null;
  return `${door.name} has one door: import it in ${door.rooms.join(' or ')}, not in ${room}.`;
}

/** @type {import('eslint').Rule.RuleModule} */
export const arrowRule = {
  meta: { type: 'problem', schema: [], docs: { description: 'Imports between rooms point down only.' } },
  create(context) {
    const rootPath = context.cwd.split(sep).join('/');
    const file = relative(context.cwd, context.filename).split(sep).join('/');
    const room = roomOf(file);
    if (!room) return {};
    const isTest = /\.test\.ts$/.test(file);

    /** @param {any} source @param {'value' | 'type' | 'url'} kind */
    const check = (source, kind) => {
      const specifier = source?.value ?? source?.quasis?.[0]?.value.cooked;
      if (typeof specifier !== 'string') return;
      const fault = specifier.startsWith('.')
        ? roomFault(specifier, kind)
        : kind === 'url'
          ? null
          : packageFault(specifier, room, isTest);
      if (fault) context.report({ node: source, message: fault });
    };

    /** @param {string} specifier @param {'value' | 'type' | 'url'} kind */
    const roomFault = (specifier, kind) => {
      const path = resolve(rootPath, posix.dirname(file), specifier.replace(/[?#].*$/, ''));
      const targetPath = relative(rootPath, path).split(sep).join('/');
      const target = roomOf(targetPath);
      if (target === room) return null;
      if (targetPath === 'package.json' && room === 'app') return null;
      if (target === null) return `${specifier} is outside the rooms.`;
      if (kind === 'url' && room === 'rpc' && target === 'workers') return null;
      const { values, types } = rooms[room];
      if (/** @type {string[]} */ (values).includes(target)) return null;
      if (kind === 'type' && /** @type {string[]} */ (types).includes(target)) return null;
      if (isTest && below(room).has(target)) return null;
      return /** @type {string[]} */ (types).includes(target)
        ? `${room} may import only types of ${target}: use "import type".`
        : `${room} must not import ${target}: arrows point down only.`;
    };

    return {
      /** @param {any} node */
      'ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration'(node) {
        check(node.source, (node.importKind ?? node.exportKind) === 'type' ? 'type' : 'value');
      },
      /** @param {any} node */
      ImportExpression: (node) => check(node.source, 'value'),
      /** @param {any} node */
      TSImportType: (node) => check(node.source ?? node.argument?.literal, 'type'),
      /** @param {any} node */
      'NewExpression[callee.name="URL"][arguments.1.object.type="MetaProperty"]'(node) {
        check(node.arguments[0], 'url');
      },
      /** @param {any} node */
      'CallExpression[callee.property.name="glob"][callee.object.type="MetaProperty"]'(node) {
        for (const pattern of node.arguments[0]?.elements ?? [node.arguments[0]]) check(pattern, 'value');
      },
    };
  },
};
