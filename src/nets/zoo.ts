// The built-in networks: prototxts, found by their file names.
import { AppError } from '../core/errors';

const files = import.meta.glob<string>('./zoo/*.prototxt', { query: '?raw', import: 'default', eager: true });

const texts = new Map(
  Object.entries(files).map(([path, text]) => [path.slice('./zoo/'.length, -'.prototxt'.length), text]),
);

/** Ids and names of the built-in networks. */
export const zooNetworks: readonly { id: string; name: string }[] = [...texts].map(([id, text]) => ({
  id,
  name: /^name: "(.*)"$/m.exec(text)?.[1] ?? id,
}));

/** The prototxt of a built-in network. @throws AppError 'not-found' that lists the ids there are. */
export function zooPrototxt(id: string): string {
  const text = texts.get(id);
  if (text === undefined) {
    const known = [...texts.keys()].join(', ');
    throw new AppError('not-found', `There is no built-in network "${id}". Built in: ${known}.`, {
      network: id,
    });
  }
  return text;
}

/** The prototxt that a request names: a built-in network's, or the text itself. */
export function networkText(
  network: { kind: 'zoo'; id: string } | { kind: 'prototxt'; text: string },
): string {
  return network.kind === 'zoo' ? zooPrototxt(network.id) : network.text;
}
