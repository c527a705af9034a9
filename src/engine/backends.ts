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
  /** Processor threads that compute, where that is known: on wasm. */
  threads?: number;
  /** What it can hold, as far as the browser tells. */
  limits?: BackendLimits;
}

export interface BackendLimits {
  /** The largest buffer, and the part of one that a program may be given: a tensor must fit both. */
  maxBufferBytes?: number;
  maxBindingBytes?: number;
  /** All memory that it may ever use. */
  maxTotalBytes?: number;
}

/** All memory that a backend may ever use, where that is known: WebAssembly has 32-bit addresses. */
export const totalBytes: Readonly<Partial<Record<BackendName, number>>> = { wasm: 2 ** 32 };

/** The backend that runs, and a sentence that says why this one. */
export interface BackendChoice {
  name: BackendName;
  adapter: string;
  reason: string;
  /** Processor threads that compute, where that is known: on wasm. */
  threads?: number;
}

/** The order in which backends are chosen, best first; a software GPU is the processor with a detour. */
const order: readonly { name: BackendName; software: boolean }[] = [
  { name: 'webgpu', software: false },
  { name: 'webgl', software: false },
  { name: 'wasm', software: false },
  { name: 'webgpu', software: true },
  { name: 'cpu', software: false },
  // No choice of ours, but a person may make it.
  { name: 'webgl', software: true },
];

/** The backends in the order in which an automatic choice tries them; those that are not to be had come last. */
export function rankBackends(reports: readonly BackendReport[]): BackendReport[] {
  const rank = ({ name, software, available }: BackendReport) =>
    available ? order.findIndex((entry) => entry.name === name && entry.software === software) : order.length;
  return reports.toSorted((a, b) => rank(a) - rank(b));
}
