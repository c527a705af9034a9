// Networks that were dropped or picked: stored, or refused with the reason.
import { zooNetworks } from '../../nets/zoo';
import type { NetworkRecord } from '../../nets/network-record';
import type { Rejection, SourceFile } from '../../data/types';
import { verbs } from '../verbs';
import { library } from './library.svelte';
import { importNetworkFiles } from './network-files';
import { router } from './router.svelte';

class NetworkImport {
  #stored = $state.raw<NetworkRecord[]>([]);
  #rejected = $state.raw<Rejection[]>([]);
  #error = $state.raw<unknown>(null);

  /** What the last files became. */
  get stored(): NetworkRecord[] {
    return this.#stored;
  }
  get rejected(): Rejection[] {
    return this.#rejected;
  }
  get error(): unknown {
    return this.#error;
  }

  fail(error: unknown): void {
    this.#error = error;
  }

  dismiss(): void {
    this.#stored = [];
    this.#rejected = [];
    this.#error = null;
  }

  /** Stores what is a network, and opens it where it is the only file; else the list tells how each file fared. */
  async take(files: readonly SourceFile[], unreadable: readonly Rejection[] = []): Promise<void> {
    this.dismiss();
    try {
      const { stored, rejected } = await importNetworkFiles(files, takenNames(), (draft) =>
        verbs.saveNetwork(draft),
      );
      this.#stored = stored;
      this.#rejected = [...unreadable, ...rejected];
      const [only] = stored;
      if (only && stored.length === 1 && this.#rejected.length === 0) {
        router.go({ page: 'network', id: only.id });
      } else if (router.route.page !== 'networks') router.go({ page: 'networks' });
    } catch (error) {
      this.#error = error;
    }
  }
}

/** Names that a new network should not have. */
export function takenNames(): string[] {
  return [...library.networks, ...zooNetworks].map(({ name }) => name);
}

export const networkImport = new NetworkImport();
