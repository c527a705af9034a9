// What the pages say about a run, from its record.
import { zooNetworks } from '../../nets/zoo';
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
