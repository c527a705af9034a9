// Makes the one file that runs the benchmarks of WebGPU in Node.js.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { assembly } from '../tools/assembly.mjs';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds e2e/bench/dawn.ts with all that it imports but Dawn itself, the package `webgpu`; returns where the file lies. */
export async function packBenchmarks(): Promise<string> {
  const outDir = here('../../dist-bench');
  // A package's build for Node.js would look for other devices than WebGPU.
  const resolve = { mainFields: ['browser', 'module', 'main'] };
  await build({
    configFile: false,
    plugins: [assembly()],
    worker: { format: 'es', plugins: () => [assembly()] },
    root: here('.'),
    logLevel: 'warn',
    resolve,
    ssr: {
      noExternal: true,
      external: ['webgpu'],
      resolve: { conditions: ['browser', 'module', 'import', 'default'], ...resolve },
    },
    build: {
      ssr: here('dawn.ts'),
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      rolldownOptions: { output: { entryFileNames: 'bundle.mjs', codeSplitting: false } },
    },
  });
  return `${outDir}/bundle.mjs`;
}
