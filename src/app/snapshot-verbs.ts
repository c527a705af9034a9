// Verbs on the snapshots of runs.
import { loader, trainer } from '../rpc/workers';
import type { SnapshotKey } from '../training/types';
import { jobs } from './state/jobs.svelte';
import { library } from './state/library.svelte';
import { machine } from './state/machine.svelte';

/** Stores the weights of the running run as they are after its current step, and keeps them; the run's own steps stay the same. */
export async function snapshotNow(): Promise<void> {
  const id = jobs.run?.id;
  await trainer().snapshotNow();
  if (id) await library.refreshRun(id);
  void machine.measureStorage();
}

/** Keeps a snapshot until it is let go; one that is let go is removed unless it is the last, the previous or the best. */
export async function keepSnapshot(key: SnapshotKey, kept: boolean): Promise<void> {
  await loader().keepSnapshot(key, kept);
  await library.refreshRun(key.run);
  if (!kept) void machine.measureStorage();
}

/** Weights and network of a snapshot as a .safetensors file. */
export function snapshotFile(key: SnapshotKey): Promise<Blob> {
  return loader().snapshotFile(key);
}
