// Runs that other tabs train, as they happen: each tab tells of its own.
import type { RunEvent, RunId } from '../../training/types';
import { jobs, LiveRun } from './jobs.svelte';
import { library } from './library.svelte';
import { runLetGo } from './startup';

interface Told {
  run: RunId;
  event: RunEvent;
}

class OtherTabs {
  readonly #channel = new BroadcastChannel('intarsia-runs');

  constructor() {
    this.#channel.onmessage = ({ data }: MessageEvent<Told>) => void this.#hear(data);
  }

  /** Tells the others of a run of this tab. */
  tell(run: RunId, event: RunEvent): void {
    this.#channel.postMessage({ run, event } satisfies Told);
  }

  async #hear({ run: id, event }: Told): Promise<void> {
    if (jobs.run?.id === id) return;
    if (event.kind !== 'ended' && !jobs.liveRun(id)) await this.#watch(id);
    if (jobs.run?.id === id) return;
    jobs.liveRun(id)?.handle(event);
    if (event.kind === 'ended') await this.#forget(id);
  }

  async #watch(id: RunId): Promise<void> {
    await library.refreshRuns();
    const record = library.run(id);
    if (!record || jobs.liveRun(id)) return;
    jobs.watch(id, new LiveRun(record));
    // A tab that dies says nothing, but lets go of the run.
    void runLetGo(id).then(() => this.#forget(id));
  }

  async #forget(id: RunId): Promise<void> {
    jobs.watch(id, null);
    await Promise.all([library.refreshRuns(), library.refreshModels()]);
  }
}

export const otherTabs = new OtherTabs();
