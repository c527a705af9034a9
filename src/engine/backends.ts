// What computes: the backends, and what is known of each on this machine.

/** The backends of the engine, best first; the order that applies on a machine depends on what its adapters are. */
export type BackendName = 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** A backend as this machine offers it. */
export interface BackendReport {
  name: BackendName;
  available: boolean;
  /** True when the "GPU" is a program on the processor. */
  software: boolean;
  /** The adapter or renderer, as the browser names it; empty where there is none. */
  adapter: string;
  /** One sentence: why it can or cannot be used here. */
  reason: string;
}

/** The backend that runs, and a sentence that says why this one. */
export interface BackendChoice {
  name: BackendName;
  adapter: string;
  reason: string;
}
