// Snapshots of stored runs: kept, let go, and saved as files. Beside the trainer, which may be busy.
import { AppError } from '../src/core/errors';
import { modelFile } from '../src/inference/model-file';
import type { SnapshotApi } from '../src/rpc/contract';
import { getRun } from '../src/storage/runs';
import { getSnapshot, keepSnapshot } from '../src/storage/snapshots';

export const snapshotWork: SnapshotApi = {
  keepSnapshot,

  async snapshotFile(key) {
    const [run, snapshot] = await Promise.all([getRun(key.run), getSnapshot(key)]);
    if (!run || !snapshot) {
      throw new AppError(
        'not-found',
        'This snapshot is not stored any more. The run may have gone on, or been deleted, in another tab.',
      );
    }
    const scores = run.epochs.find(({ step }) => step === key.step);
    const { name, prototxt, classes, voidClass, scale } = run;
    const { pixelAccuracy = null, meanIoU = null } = scores ?? {};
    const epoch = scores?.epoch ?? null;
    const info = { name, prototxt, classes, voidClass, scale, epoch, pixelAccuracy, meanIoU };
    return modelFile(snapshot.weights, info);
  },
};
