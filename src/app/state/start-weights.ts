// What a run may start from: a model, or any snapshot of any run, written RUN@STEP.
import { AppError } from '../../core/errors';
import { listRuns } from '../../storage/runs';
import type { ModelId, RunRecord, SnapshotFacts, SnapshotKey } from '../../training/types';
import { count, percent } from './format';
import { library } from './library.svelte';

export const snapshotId = ({ run, step }: SnapshotKey): string => `${run}@${step}`;

/** "epoch 3", "step 14", "its start": when a snapshot was taken. */
export function snapshotMoment(
  { epoch, step }: Pick<SnapshotFacts, 'epoch' | 'step'>,
  { stepsPerEpoch }: Pick<RunRecord, 'stepsPerEpoch'>,
): string {
  if (step === 0) return 'its start';
  return step === epoch * stepsPerEpoch ? `epoch ${count(epoch)}` : `step ${count(step)}`;
}

/** The names of a snapshot among those of its run: last, previous, best, kept. */
export function snapshotRoles(
  { step, kept }: SnapshotFacts,
  { snapshots }: Pick<RunRecord, 'snapshots'>,
): string[] {
  const { last, previous, best } = snapshots;
  const roles = Object.entries({ last, previous, best }).filter(([, named]) => named === step);
  return [...roles.map(([role]) => role), ...(kept ? ['kept'] : [])];
}

/** Every snapshot of the runs as a choice, the newest of each run first. */
export function snapshotChoices(runs: readonly RunRecord[]): { id: string; text: string }[] {
  return runs.flatMap((run) =>
    run.snapshots.all.toReversed().map((facts) => {
      const score = facts.meanIoU === null ? 'not validated' : `mean IoU ${percent(facts.meanIoU)}`;
      const best = facts.step === run.snapshots.best && run.snapshots.all.length > 1 ? ', best' : '';
      return {
        id: snapshotId({ run: run.id, step: facts.step }),
        text: `${run.name}, ${snapshotMoment(facts, run)}, ${score}${best}`,
      };
    }),
  );
}

/** What a run started from, where it is still stored; '' else. A run's model that it started from is that run's last snapshot. */
export function storedStart(start: RunRecord['start']): string {
  if (!start) return '';
  const { snapshot, model } = start;
  if (snapshot) {
    const isStored = library.run(snapshot.run)?.snapshots.all.some(({ step }) => step === snapshot.step);
    return isStored ? snapshotId(snapshot) : '';
  }
  const found = library.models.find(({ info }) => info.name === model);
  if (found?.origin.kind !== 'run') return found?.id ?? '';
  const last = library.run(found.origin.run)?.snapshots.last ?? null;
  return last === null ? '' : snapshotId({ run: found.origin.run, step: last });
}

/**
 * The model or snapshot that a text names: a model's id, or RUN@STEP, where RUN is the id or the name of a run and STEP a step,
 * `last` or `best`. @throws AppError 'not-found' with what there is
 */
export async function namedStart(text: string): Promise<ModelId | SnapshotKey> {
  const at = text.lastIndexOf('@');
  if (at < 0) return text;
  const [name, which] = [text.slice(0, at), text.slice(at + 1)];
  const runs = await listRuns();
  const run = runs.find(({ id }) => id === name) ?? runs.find((other) => other.name === name);
  if (!run)
    throw new AppError('not-found', `There is no run "${name}" whose snapshot could be started from.`);
  const { all, last, best } = run.snapshots;
  const step = which === 'last' ? last : which === 'best' ? best : Number(which);
  if (step !== null && all.some((facts) => facts.step === step)) return { run: run.id, step };
  throw new AppError(
    'not-found',
    all.length
      ? `"${run.name}" has no snapshot "${which}". Give last, best, or one of the steps ${all.map((facts) => facts.step).join(', ')}.`
      : `"${run.name}" has no snapshot yet: none of its epochs has ended.`,
  );
}
