// What the pages say about a run, from its record.
import { zooNetworks } from '../../nets/zoo';
import type { ErrorCode } from '../../core/errors';
import { nameInText } from './network-names';
import type { EpochRecord, RunRecord } from '../../training/types';

/** The epoch with the largest mean IoU. */
export function bestEpoch(epochs: readonly EpochRecord[]): EpochRecord | null {
  return epochs.reduce<EpochRecord | null>(
    (best, epoch) => (best && best.meanIoU >= epoch.meanIoU ? best : epoch),
    null,
  );
}

const zooName = (id: string) => zooNetworks.find((network) => network.id === id)?.name ?? id;

/** The network's name as the form shows it, with its width. */
export function networkTitle({ settings }: Pick<RunRecord, 'settings'>): string {
  const { network } = settings;
  const name = network.kind === 'zoo' ? zooName(network.id) : (nameInText(network.text) ?? 'own network');
  return settings.width === 1 ? name : `${name}, width ${settings.width}`;
}

/** What a run failed of, in a few words. */
export function failureTitle(code: ErrorCode): string {
  switch (code) {
    case 'device-lost':
      return 'The graphics device was lost';
    case 'out-of-gpu-memory':
      return 'The graphics device ran out of memory';
    case 'gpu-error':
      return 'The graphics device refused a command';
    default:
      return 'The run failed';
  }
}
