// Both networks of a proof, ready to run: a classifier's text at a width or with the weights of a model, and its convolutional form.
import { AppError } from '../core/errors';
import type { Size } from '../data/types';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { fitToWeights, resizeNetwork } from '../nets/resize-network';
import { dataShape } from '../nets/place-layers';
import type { NetSpec } from '../nets/spec';
import { convolutionalize } from '../nets/surgery/convolutionalize';
import { withoutPadding } from '../nets/surgery/without-padding';
import { transplant } from '../nets/transplant';
import type { WeightSet } from '../nets/weights';
import type { ProofRequest } from './surgery-proof';

export interface SurgeryNetworksRequest {
  /** The classifier. */
  prototxt: string;
  /** The size of image that it takes; null for what the file declares. */
  window: Size | null;
  /** Times the layers' own width; without weights only. */
  width: number;
  /** False to take all padding out of both networks, so that a window sees the same alone and within an image; without weights only. */
  padding: boolean;
}

/** The network with the size of its image declared, so that weights are drawn for it. */
function declaring(spec: NetSpec, size: Size | null): NetSpec {
  const shape = dataShape(spec, size);
  const inputs = spec.inputs.map((input) =>
    input.role === 'image' ? { ...input, shape: [...shape] } : input,
  );
  return { ...spec, inputs };
}

/**
 * @param held a model's weights and its name; null for random ones.
 * @throws AppError 'bad-network', 'bad-settings', or 'bad-weights' where the model is of another network.
 */
export function surgeryNetworks(
  { prototxt, window, width, padding }: SurgeryNetworksRequest,
  held: { name: string; weights: WeightSet } | null,
  seed: number,
): Pick<ProofRequest, 'before' | 'after' | 'weights' | 'window' | 'channels'> {
  const text = held
    ? fitToWeights(prototxt, held.weights)
    : resizeNetwork(padding ? prototxt : withoutPadding(prototxt), { width, classes: null });
  const before = declaring(readNetwork(text), window);
  const after = declaring(readNetwork(convolutionalize(text, window).prototxt), window);
  const [, channels, height, width_] = dataShape(before, window);
  return {
    before,
    after,
    weights: weightsOf(before, held, seed),
    window: { width: width_, height },
    channels,
  };
}

function weightsOf(
  spec: NetSpec,
  held: { name: string; weights: WeightSet } | null,
  seed: number,
): WeightSet {
  if (!held) return initialWeights(spec, seed);
  const { weights, report } = transplant(held.weights, spec, seed);
  const [missing] = report.missing;
  if (missing === undefined) return weights;
  throw new AppError(
    'bad-weights',
    `${held.name} has no weights that fit ${missing} of this network. Choose a model of the same classifier, or random weights.`,
  );
}
