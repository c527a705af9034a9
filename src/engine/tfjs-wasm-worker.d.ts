// The package ships this file without types.
declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.worker.js' {
  /** The script of a thread, as a string. */
  export const wasmWorkerContents: string;
}
