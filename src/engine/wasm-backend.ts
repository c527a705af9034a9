// TensorFlow.js' wasm backend on as many threads as the page may use. TensorFlow.js starts its threads from the text of a bundled function,
// which means nothing once a minifier has renamed what it refers to; here they start from the package's own file.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- three programs of the type checker read this file; none finds the types by itself
/// <reference path="./tfjs-wasm-worker.d.ts" />
import * as tf from '@tensorflow/tfjs';
import { BackendWasm, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import simdFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import threadedFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import threadScript from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?raw';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { wasmWorkerContents } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js';
import { Machine } from './kernels/wasm/machine';
import { setMachine } from './kernels/wasm/running';

type WasmModule = Awaited<ReturnType<typeof simdFactory>> & {
  cwrap(name: string, result: 'number' | null, parameters: 'number'[]): () => number;
};

/** More would bring little to networks of this size. */
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
      return await startShared(wasmThreads());
    } catch {
      onlyOne = true;
    }
  }
  const bytes = await (await fetch(simdUrl)).arrayBuffer();
  let memory: WebAssembly.Memory | null = null;
  const module = await instantiate(simdFactory, bytes, (instance) => {
    memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory) ?? null;
  });
  return startBackend(module, memory!, 1);
}

/** Instantiates a module of the package. */
function instantiate(
  factory: typeof simdFactory | typeof threadedFactory,
  bytes: ArrayBuffer,
  started: (instance: WebAssembly.Instance) => void,
  settings: object = {},
): Promise<WasmModule> {
  return new Promise((resolve, reject) => {
    const all = {
      ...settings,
      instantiateWasm: (imports: WebAssembly.Imports, loaded: (...args: unknown[]) => void) => {
        WebAssembly.instantiate(bytes, imports).then(({ instance, module }) => {
          started(instance);
          loaded(instance, module);
        }, reject);
        return {};
      },
      // Says so where a worker's script fails.
      printErr: (text: string) => reject(new Error(text)),
      onAbort: (text: string) => reject(new Error(text)),
    };
    factory(all as Parameters<typeof threadedFactory>[0]).then(
      (module) => resolve(module as WasmModule),
      reject,
    );
  });
}

async function startBackend(
  module: WasmModule,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<BackendWasm> {
  addCalls(module);
  // XNNPACK computes on one: its threads would spin beside ours.
  setThreadsCount(1);
  const backend = new BackendWasm(module);
  const { _malloc: malloc } = module as unknown as Record<string, (bytes: number) => number>;
  setMachine(await Machine.start({ memory, malloc: (bytes) => malloc!(bytes) >>> 0 }, threads));
  return backend;
}

/**
 * The package's module whose memory threads can share. It makes eight workers for threads of its own, which are let go.
 * @throws Error where a thread's script does not run here.
 */
async function startShared(threads: number): Promise<BackendWasm> {
  const urls = [wasmWorkerContents.replace(/\n/g, '\\n'), threadScript].map((text) =>
    URL.createObjectURL(new Blob([text], { type: 'text/javascript' })),
  );
  try {
    const bytes = await (await fetch(threadedUrl)).arrayBuffer();
    const settings = { locateFile: () => urls[0]!, mainScriptUrlOrBlob: urls[1]! };
    const module = await instantiate(threadedFactory, bytes, () => undefined, settings);
    const { PThread, wasmMemory } = module as unknown as {
      PThread: { unusedWorkers: Worker[] };
      wasmMemory: WebAssembly.Memory;
    };
    for (const worker of PThread.unusedWorkers.splice(0)) worker.terminate();
    return await startBackend(module, wasmMemory, threads);
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
