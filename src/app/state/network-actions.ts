// What can be done with a network from the list and from its own page alike.
import type { NetworkOrigin, NetworkRecord } from '../../nets/network-record';
import { starterPrototxt } from '../../nets/starter';
import { fileName, saveFile } from '../files/save-file';
import { verbs } from '../verbs';
import { takenNames } from './network-import.svelte';
import { freeName } from './network-names';
import { router } from './router.svelte';

/** Stores the example under a free name and opens it. */
export async function newNetwork(): Promise<void> {
  const name = freeName('My network', takenNames());
  const { id } = await verbs.saveNetwork({ name, prototxt: starterPrototxt, origin: { kind: 'new' } });
  router.go({ page: 'network', id });
}

/** Stores the text once more, as "name copy". */
export function duplicateNetwork(
  { name, prototxt }: { name: string; prototxt: string },
  origin: NetworkOrigin = { kind: 'copy', of: name },
): Promise<NetworkRecord> {
  const stem = name.replace(/ copy( \d+)?$/, '');
  return verbs.saveNetwork({ name: freeName(`${stem} copy`, takenNames()), prototxt, origin });
}

/** Saves the text as a file. */
export function exportNetwork({ name, prototxt }: { name: string; prototxt: string }): void {
  saveFile(`${fileName(name)}.prototxt`, prototxt, 'text/plain');
}
