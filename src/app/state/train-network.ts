// The network of a run before it starts: what it will be, and why it cannot be trained if it cannot.
import { errorRecord } from '../../core/errors';
import type { Size } from '../../data/types';
import { checkNetwork } from '../../nets/check-network';
import type { NetworkDescription } from '../../nets/describe';
import { resizeNetwork } from '../../nets/resize-network';
import type { NetSpec } from '../../nets/spec';
import { networkKind } from './network-facts';
import { plural } from './format';

export interface TrainNetwork {
  /** Both null where it cannot be trained. */
  spec: NetSpec | null;
  description: NetworkDescription | null;
  problem: string | null;
}

/** Looks at a network as a run would train it: with the width, for pictures of that size and that many classes. */
export function trainNetwork(prototxt: string, width: number, size: Size, classes: number): TrainNetwork {
  const refuse = (problem: string): TrainNetwork => ({ spec: null, description: null, problem });
  const written = checkNetwork(prototxt, { size, classes: null });
  const errors = written.problems.filter(({ severity }) => severity === 'error');
  if (errors[0]) {
    const { line, message } = errors[0];
    return refuse(`This network has ${plural(errors.length, 'error')}. Line ${line}: ${message}`);
  }
  if (!written.spec?.layers.some(({ type }) => type === 'SoftmaxWithLoss')) {
    return refuse(
      'This network has no SoftmaxWithLoss layer, so there is nothing for training to make smaller.',
    );
  }
  if (written.description && networkKind(written.spec, written.description) === 'classification') {
    return refuse('This network names the whole image; a run needs one that labels every pixel.');
  }
  try {
    const resized = resizeNetwork(prototxt, { width, classes });
    const { spec, description, problems } = checkNetwork(resized, { size, classes });
    const error = problems.find(({ severity }) => severity === 'error');
    return error ? refuse(`Line ${error.line}: ${error.message}`) : { spec, description, problem: null };
  } catch (error) {
    return refuse(errorRecord(error).message);
  }
}
