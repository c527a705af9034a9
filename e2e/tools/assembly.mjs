// Compiles the kernels for wasm, which are written in AssemblyScript (src/engine/kernels/wasm/assembly).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('../../src/engine/kernels/wasm/assembly', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/assembly', import.meta.url));

/** The most pages of 64 KiB that TensorFlow.js' shared memory may ever have. */
const SHARED_PAGES = 65536;

/** The four programs, by the features that they need. */
const variants = [
  { name: 'plain', shared: false, relaxed: false },
  { name: 'relaxed', shared: false, relaxed: true },
  { name: 'sharedPlain', shared: true, relaxed: false },
  { name: 'sharedRelaxed', shared: true, relaxed: true },
];

/** @param {{ shared: boolean, relaxed: boolean }} variant */
function options({ shared, relaxed }) {
  return [
    'index.ts',
    ['--outFile', 'out.wasm', '-O3', '--runtime', 'stub', '--noAssert', '--importMemory', '--use', 'abort='],
    ['--disableWarning', '112', '--enable', 'simd', '--enable', 'threads'],
    relaxed ? ['--enable', 'relaxed-simd'] : [],
    shared ? ['--sharedMemory', '--maximumMemory', String(SHARED_PAGES)] : [],
  ].flat();
}

/**
 * The bytes of each program. What has been compiled from the same sources before is read again.
 * @returns {Promise<Record<string, Uint8Array>>}
 * @throws Error with the compiler's message.
 */
export async function compileAssembly() {
  const files = new Map(
    readdirSync(sources)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => [name, readFileSync(join(sources, name), 'utf8')]),
  );
  // By way of a variable: the types of this package would change those of JavaScript's own arrays everywhere.
  const compiler = 'assemblyscript/asc';
  const { default: asc } = await import(compiler);
  /** @type {Record<string, Uint8Array>} */
  const compiled = {};
  for (const variant of variants) {
    const args = options(variant);
    const hash = createHash('sha256').update(JSON.stringify([asc.version, args, [...files]]));
    const kept = join(cache, `${hash.digest('hex')}.wasm`);
    if (!existsSync(kept)) {
      /** @type {Uint8Array | null} */
      let bytes = null;
      const { error, stderr } = await asc.main(args, {
        /** @param {string} name */
        readFile: (name) => files.get(name) ?? null,
        listFiles: () => [],
        /** @param {string} _name @param {string | Uint8Array} contents */
        writeFile: (_name, contents) => {
          if (typeof contents !== 'string') bytes = contents;
        },
      });
      if (error || !bytes) throw new Error(`${error?.message ?? 'nothing compiled'}\n${stderr.toString()}`);
      mkdirSync(cache, { recursive: true });
      // Another process may compile the same: a file appears whole or not at all.
      writeFileSync(`${kept}.${process.pid}`, bytes);
      renameSync(`${kept}.${process.pid}`, kept);
    }
    compiled[variant.name] = readFileSync(kept);
  }
  return compiled;
}

const id = 'virtual:wasm-kernels';

/** Gives `virtual:wasm-kernels` its content: each program as base64. */
export const assembly = () => ({
  name: 'assembly',
  /** @param {string} source */
  resolveId: (source) => (source === id ? `\0${id}` : null),
  /** @param {string} source */
  async load(source) {
    if (source !== `\0${id}`) return null;
    const programs = Object.entries(await compileAssembly()).map(([name, bytes]) => [
      name,
      Buffer.from(bytes).toString('base64'),
    ]);
    return `export const programs = ${JSON.stringify(Object.fromEntries(programs))};`;
  },
});
