// The rows of the list: one's own networks and the built-in ones alike.
import type { NetworkRecord } from '../../../nets/network-record';
import { zooNetworks, zooPrototxt, type NetworkKind } from '../../../nets/zoo';

export interface NetworkRow {
  id: string;
  name: string;
  note: string;
  prototxt: string;
  /** Where it is known without looking at the text. */
  kind: NetworkKind | null;
  changedAt: number | null;
}

export const kindWords: Record<NetworkKind, string> = {
  segmentation: 'labels pixels',
  classification: 'names images',
};

export function ownRow({ id, name, prototxt, changedAt }: NetworkRecord): NetworkRow {
  return { id, name, prototxt, changedAt, kind: null, note: '' };
}

export const zooRows: readonly NetworkRow[] = zooNetworks.map(({ id, name, summary, kind }) => ({
  id,
  name,
  note: summary,
  kind,
  prototxt: zooPrototxt(id),
  changedAt: null,
}));
