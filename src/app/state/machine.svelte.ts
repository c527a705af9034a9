// What this machine has: backends, threads, storage.
import type { BackendReport } from '../../engine/backends';
import { trainer } from '../../rpc/workers';

class Machine {
  #backends = $state.raw<BackendReport[]>([]);
  #probing = $state(true);
  #problem = $state.raw<unknown>(null);
  #storage = $state.raw<{ usedBytes: number; quotaBytes: number } | null>(null);
  readonly threads = navigator.hardwareConcurrency;

  /** In the order in which they would be chosen. */
  get backends(): BackendReport[] {
    return this.#backends;
  }
  get probing(): boolean {
    return this.#probing;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** What an automatic choice would take; null until the machine was looked at, or if there is none. */
  get best(): BackendReport | null {
    return this.#backends.find((backend) => backend.available) ?? null;
  }
  /** Whether the processor has to do the work; false until the machine was looked at. */
  get slow(): boolean {
    const { best } = this;
    return best !== null && (best.name === 'wasm' || best.name === 'cpu' || best.software);
  }
  get storage(): { usedBytes: number; quotaBytes: number } | null {
    return this.#storage;
  }

  async probe(): Promise<void> {
    this.#probing = true;
    try {
      this.#backends = await trainer().probe();
      this.#problem = null;
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#probing = false;
    }
  }

  /** Asks the browser not to clear this page's storage when the disk is full, and measures it. */
  async keepStorage(): Promise<void> {
    const manager = navigator.storage as StorageManager | undefined;
    await manager?.persist?.().catch(() => false);
    await this.measureStorage();
  }

  async measureStorage(): Promise<void> {
    // Absent outside of secure contexts.
    const manager = navigator.storage as StorageManager | undefined;
    const estimate = await manager?.estimate().catch(() => null);
    if (estimate) this.#storage = { usedBytes: estimate.usage ?? 0, quotaBytes: estimate.quota ?? 0 };
  }
}

export const machine = new Machine();

const backendTitles = {
  webgpu: 'WebGPU',
  webgl: 'WebGL',
  wasm: 'WebAssembly',
  cpu: 'Plain JavaScript',
} as const;

/** A backend's name as people write it. */
export function backendTitle(name: keyof typeof backendTitles): string {
  return backendTitles[name];
}
