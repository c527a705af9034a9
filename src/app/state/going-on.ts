// What has changed since a run last trained, so that it will not end with the bits that it would have ended with.
import { manifestChanges, manifestOf } from '../../data/manifest';
import type { BackendName } from '../../engine/backends';
import { getDataset, listTiles } from '../../storage/datasets';
import type { RunRecord } from '../../training/types';
import { backendTitle, machine } from './machine.svelte';

/** Sentences on what is not as it was; none where the run goes on exactly, or has nothing yet to go on from. */
export async function changesSince(run: RunRecord, backend: BackendName | 'auto'): Promise<string[]> {
  if (!run.snapshots.last) return [];
  return [...(await datasetChanges(run)), ...backendChanges(run, backend)];
}

async function datasetChanges({ manifest, settings, datasetName }: RunRecord): Promise<string[]> {
  const dataset = manifest && (await getDataset(settings.dataset));
  if (!dataset) return [];
  const [train, val] = await Promise.all([listTiles(dataset.id, 'train'), listTiles(dataset.id, 'val')]);
  const changes = manifestChanges(manifest, manifestOf(dataset, { train, val }));
  return changes.length ? [`The dataset "${datasetName}" has changed. ${changes.join(' ')}`] : [];
}

function backendChanges({ backend: before }: RunRecord, wanted: BackendName | 'auto'): string[] {
  const name = wanted === 'auto' ? machine.best?.name : wanted;
  if (!before || !name) return [];
  if (name !== before.name) {
    return [`It trained on ${backendTitle(before.name)} and would go on with ${backendTitle(name)}.`];
  }
  const adapter = machine.backends.find((report) => report.name === name)?.adapter;
  if (!adapter || !before.adapter || adapter === before.adapter) return [];
  return [`It trained on the adapter "${before.adapter}" and would go on with "${adapter}".`];
}
