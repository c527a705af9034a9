// What a list says of a network: a few numbers from its text.
import { checkNetwork, type CheckSettings, type NetworkCheck } from '../../nets/check-network';
import type { NetworkDescription } from '../../nets/describe';
import type { NetSpec } from '../../nets/spec';
import type { NetworkKind } from '../../nets/zoo';

export interface NetworkFacts {
  /** null where it is not known: the text is wrong. */
  kind: NetworkKind | null;
  parameters: number | null;
  stride: number | null;
  receptiveField: number | null;
  errors: number;
}

/** Whether the scores are one for each pixel, or for the whole image; by what the last loss, or else the last layer, reads. */
export function networkKind(spec: NetSpec, description: NetworkDescription): NetworkKind {
  const loss = spec.layers.findLast(({ type }) => type === 'SoftmaxWithLoss');
  const blob = loss?.bottoms[0] ?? spec.layers.at(-1)?.tops[0];
  const maker = spec.layers.findLastIndex((layer) => layer !== loss && layer.tops.includes(blob ?? ''));
  const [, , height = 1, width = 1] = description.layers[maker]?.shape ?? [];
  return height * width > 1 ? 'segmentation' : 'classification';
}

export function factsOf({ spec, description, problems }: NetworkCheck): NetworkFacts {
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (!spec || !description) {
    return { kind: null, parameters: null, stride: null, receptiveField: null, errors };
  }
  const { parameters, stride, receptiveField } = description;
  return { kind: networkKind(spec, description), parameters, stride, receptiveField, errors };
}

const asDeclared: CheckSettings = { size: null, classes: null };

/** The facts of a text at the size that it declares. */
export function networkFacts(prototxt: string): NetworkFacts {
  return factsOf(checkNetwork(prototxt, asDeclared));
}
