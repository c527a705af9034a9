// Networks that were dropped or picked: stored, or refused with the reason.
import { withMeanFile } from '../../nets/mean-values';
import { zooNetworks } from '../../nets/zoo';
import type { NetworkRecord } from '../../nets/network-record';
import type { Rejection, SourceFile } from '../../data/types';
import { verbs } from '../verbs';
import { library } from './library.svelte';
import { importNetworkFiles } from './network-files';
import { router } from './router.svelte';

/** The text that a mean file is written into. */
interface MeanTaker {
  text: string;
}

const isMeanFile = ({ path }: SourceFile) => /\.binaryproto$/i.test(path);

class NetworkImport {
  #note = $state('');
  /** The network whose page is open. */
  opened: MeanTaker | null = null;
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

  /** What was done with a mean file. */
  get note(): string {
    return this.#note;
  }

  fail(error: unknown): void {
    this.#error = error;
  }

  dismiss(): void {
    this.#stored = [];
    this.#rejected = [];
    this.#error = null;
    this.#note = '';
  }

  /** Writes the file's means into the open network, so that they are subtracted. */
  async #takeMeans({ path, file }: SourceFile, opened: MeanTaker): Promise<void> {
    const { prototxt, means } = withMeanFile(opened.text, new Uint8Array(await file.arrayBuffer()), path);
    opened.text = prototxt;
    const said = means.map((mean) => mean.toFixed(1)).join(', ');
    this.#note = `${path} has the ${means.length === 3 ? 'means of blue, green and red' : 'mean'} ${said}. The data layer now subtracts ${means.length === 1 ? 'it' : 'them'}.`;
  }

  /** Stores what is a network, and opens it where it is the only file; else the list tells how each file fared. */
  async take(files: readonly SourceFile[], unreadable: readonly Rejection[] = []): Promise<void> {
    this.dismiss();
    try {
      const [mean] = files;
      if (this.opened && mean && files.length === 1 && isMeanFile(mean)) {
        await this.#takeMeans(mean, this.opened);
        return;
      }
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
