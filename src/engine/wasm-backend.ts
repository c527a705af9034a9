// TensorFlow.js' wasm backend on as many threads as the page may use. TensorFlow.js starts its threads from the text of a bundled function,
// which means nothing once a minifier has renamed what it refers to; here they start from the package's own file.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- three programs of the type checker read this file; none finds the types by itself
/// <reference path="./tfjs-wasm-worker.d.ts" />
import * as tf from '@tensorflow/tfjs';
import { BackendWasm, getThreadsCount, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import simdFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import threadScript from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?raw';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';

type WasmModule = Awaited<ReturnType<typeof simdFactory>> & {
  cwrap(name: string, result: 'number' | null, parameters: 'number'[]): () => number;
};

/** The package holds eight workers ready, whatever is asked for; a pool that needs a ninth would wait for it forever. */
const MOST_THREADS = 8;

let asked: number | null = null;
/** Set where threads could not be started: one is enough to go on. */
let onlyOne = false;

/** How many threads compute on wasm here: one where the page may not share memory between threads. */
export function wasmThreads(): number {
  if (onlyOne || !globalThis.crossOriginIsolated) return 1;
  return Math.max(1, Math.min(MOST_THREADS, asked ?? navigator.hardwareConcurrency));
}

/** How many threads the next start takes, null for all; a backend that runs ends with its tensors. Tests and benchmarks compare them. */
export function selectWasmThreads(count: number | null): void {
  asked = count;
  registerWasmBackend();
}

/** Registers the backend in the place of the stock one, which computes the same. */
export function registerWasmBackend(): void {
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', makeWasmBackend, 2);
}

async function makeWasmBackend(): Promise<BackendWasm> {
  if (wasmThreads() > 1) {
    try {
      return await startThreaded(wasmThreads());
    } catch {
      onlyOne = true;
    }
  }
  const module = (await simdFactory({ locateFile: () => simdUrl })) as WasmModule;
  return startBackend(module, 1);
}

function startBackend(module: WasmModule, threads: number): BackendWasm {
  addCalls(module);
  setThreadsCount(threads);
  return new BackendWasm(module);
}

/** @throws Error where a thread's script does not run here, or fewer threads than asked for were started. */
async function startThreaded(threads: number): Promise<BackendWasm> {
  const urls = [wasmWorkerContents.replace(/\n/g, '\\n'), threadScript].map((text) =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' })),
  );
  try {
    const bytes = await (await fetch(threadedUrl)).arrayBuffer();
    const module = await new Promise<WasmModule>((resolve, reject) => {
      threadedFactory({
        locateFile: () => urls[0]!,
        mainScriptUrlOrBlob: urls[1]!,
        instantiateWasm: (imports: WebAssembly.Imports, loaded: (...args: unknown[]) => void) => {
          // The package would take no more threads than half the logical processors, also when told to.
          imports['env']!['emscripten_num_logical_cores'] = () => 2 * threads;
          WebAssembly.instantiate(bytes, imports).then(
            ({ instance, module }) => loaded(instance, module),
            reject,
          );
          return {};
        },
        // Says so where a worker's script fails.
        printErr: (text: string) => reject(new Error(text)),
        onAbort: (text: string) => reject(new Error(text)),
      } as Parameters<typeof threadedFactory>[0]).then((module) => resolve(module as WasmModule), reject);
    });
    const backend = startBackend(module, threads);
    // The workers that XNNPACK did not take would only hold memory.
    const { unusedWorkers } = (module as unknown as { PThread: { unusedWorkers: Worker[] } }).PThread;
    for (const worker of unusedWorkers.splice(0)) worker.terminate();
    if (getThreadsCount() !== threads) throw new Error(`${getThreadsCount()} of ${threads} threads started.`);
    return backend;
  } finally {
    urls.forEach((url) => URL.revokeObjectURL(url));
  }
}

/** What BackendWasm calls of the module (tfjs-backend-wasm, backend_wasm.ts). */
function addCalls(module: WasmModule): void {
  const call = (name: string, ...types: 'number'[]) => module.cwrap(name, null, types);
  module.tfjs = {
    init: call('init'),
    initWithThreadsCount: call('init_with_threads_count', 'number'),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: call('register_tensor', 'number', 'number', 'number'),
    disposeData: call('dispose_data', 'number'),
    dispose: call('dispose'),
  };
}
