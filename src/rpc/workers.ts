// Starts the two workers. Each is started once, on first use, and started again after it died.
import { connect, type Connected, type Connection } from './connect';
import type { LoaderApi, TrainerApi } from './contract';

function once<Api>(start: () => Connection<Api>): () => Connection<Api> {
  let connection: Connection<Api> | null = null;
  return () => {
    if (!connection) {
      const started = start();
      connection = started;
      void started.died.then(() => {
        if (connection === started) connection = null;
      });
    }
    return connection;
  };
}

const loaderConnection = once<LoaderApi>(() =>
  connect(
    new Worker(new URL('../../workers/loader.worker.ts', import.meta.url), {
      type: 'module',
      name: 'loader',
    }),
    'loader',
  ),
);
const trainerConnection = once<TrainerApi>(() =>
  connect(
    new Worker(new URL('../../workers/trainer.worker.ts', import.meta.url), {
      type: 'module',
      name: 'trainer',
    }),
    'trainer',
  ),
);

/** The CPU thread: reading, decoding, tiling, storing. */
export const loader = (): Connected<LoaderApi> => loaderConnection().api;

/** The GPU thread: networks, training, inference. */
export const trainer = (): Connected<TrainerApi> => trainerConnection().api;

/** Ends the trainer, which does not answer any more; the next call starts it anew. */
export const endTrainer = (reason: string): void => trainerConnection().terminate(reason);
