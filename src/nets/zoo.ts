// The built-in networks: prototxts, found by their file names.
import { AppError } from '../core/errors';

const files = import.meta.glob<string>('./zoo/*.prototxt', { query: '?raw', import: 'default', eager: true });

const texts = new Map(
  Object.entries(files).map(([path, text]) => [path.slice('./zoo/'.length, -'.prototxt'.length), text]),
);

/** Labels for every pixel, or one for the whole image. */
export type NetworkKind = 'segmentation' | 'classification';

export interface ZooNetwork {
  id: string;
  name: string;
  /** One sentence: the first line of the file. */
  summary: string;
  kind: NetworkKind;
}

/** From what a beginner should try first to what few need; files that are not named here follow. */
const order = [
  'fcn-alexnet',
  'fcn-alexnet-scaled',
  'fcn-8s',
  'fcn-8s-scaled',
  'fcn-16s',
  'fcn-32s',
  'fcn-8s-atonce',
  'googlenet-fcn-32s',
  'fcn-8s-voc',
  'alexnet',
  'caffenet',
  'googlenet',
  'vgg-16',
];

const placeOf = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);

/** The built-in networks, as they should be listed. */
export const zooNetworks: readonly ZooNetwork[] = [...texts]
  .sort(([a], [b]) => placeOf(a) - placeOf(b))
  .map(([id, text]) => ({
    id,
    name: /^name: "(.*)"$/m.exec(text)?.[1] ?? id,
    summary: /^# (.*)/.exec(text)?.[1] ?? '',
    // An inner product sees the whole image at once; a fully convolutional network has none.
    kind: text.includes('type: "InnerProduct"') ? 'classification' : 'segmentation',
  }));

/** The prototxt of a built-in network. @throws AppError 'not-found' that lists the ids there are. */
export function zooPrototxt(id: string): string {
  const text = texts.get(id);
  if (text === undefined) {
    const known = zooNetworks.map((network) => network.id).join(', ');
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
