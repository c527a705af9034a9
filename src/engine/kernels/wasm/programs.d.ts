// Made by e2e/tools/assembly.mjs while the page is built.
declare module 'virtual:wasm-kernels' {
  /** Each program as base64: for memory that threads share or not, for processors with relaxed SIMD or without. */
  export const programs: Record<'plain' | 'relaxed' | 'sharedPlain' | 'sharedRelaxed', string>;
}
