// Runs a session on the stripes, with a store in memory.
import { newRun } from '../new-run';
import { Session, type RunStore } from '../session';
import type { RunEvent, RunRecord, SnapshotRecord, TrainSettings } from '../types';
import { dataset, sample, settings } from './stripes';

export interface Kept extends RunStore {
  runs: RunRecord[];
  epochs: number[];
  snapshot: SnapshotRecord | null;
  /** By hand. */
  taken: SnapshotRecord[];
}

export function store(snapshot: SnapshotRecord | null = null): Kept {
  const kept: Kept = {
    runs: [],
    epochs: [],
    snapshot,
    taken: [],
    read: (split, indices) => Promise.resolve(indices.map((index) => sample(split, index))),
    saveRun: (run) => Promise.resolve(void kept.runs.push(structuredClone(run))),
    saveEpoch: (run, next) => {
      kept.epochs.push(next.epoch);
      kept.snapshot = structuredClone(next);
      run.model = 'model';
      return kept.saveRun(run);
    },
    saveTaken: (run, next) => {
      kept.taken.push(structuredClone(next));
      return kept.saveRun(run);
    },
  };
  return kept;
}

/** Runs a session to its end; `onEvent` may act on it. */
export async function toEnd(
  run: RunRecord,
  kept: RunStore,
  onEvent: (event: RunEvent, session: Session) => void = () => {},
) {
  const events: RunEvent[] = [];
  const session = new Session(run, kept, (event) => {
    events.push(event);
    onEvent(event, session);
  });
  await session.toEnd(dataset);
  return events;
}

export const fresh = (changes: Partial<TrainSettings> = {}) =>
  newRun('run', null, { ...settings, ...changes }, dataset);

/** What a run has measured, but for times. */
export const history = ({ epochs, curve }: RunRecord) => ({
  curve,
  epochs: epochs.map((epoch) => ({ ...epoch, seconds: 0 })),
});
