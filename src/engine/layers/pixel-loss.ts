// What a softmax loss of a network asks of a kernel, for a batch of labels.
import { AppError } from '../../core/errors';
import type { SoftmaxWithLossSpec } from '../../nets/spec';
import type { PixelLossAttrs } from '../kernels/pixel-loss';

/** The labels that count, each by its class's weight. */
function countedWeight({ ignoreLabel, objective }: SoftmaxWithLossSpec, labels: Uint8Array): number {
  const { classWeights } = objective;
  let sum = 0;
  for (const label of labels) if (label !== ignoreLabel) sum += classWeights ? classWeights[label]! : 1;
  return sum;
}

/**
 * What the summed loss is divided by (Caffe, loss_layer.cpp and softmax_loss_layer.cpp); 1 in the place of 0. With class weights VALID is the sum
 * of the weights of the labels that count, as torch.nn.CrossEntropyLoss has it; the other normalizations know nothing of weights.
 * @param batch the images of the batch.
 */
export function lossNormalizer(spec: SoftmaxWithLossSpec, labels: Uint8Array, batch: number): number {
  const { normalization } = spec;
  if (normalization === 'NONE') return 1;
  if (normalization === 'BATCH_SIZE') return batch || 1;
  if (normalization === 'FULL') return labels.length || 1;
  return countedWeight(spec, labels) || 1;
}

/**
 * The attributes of 'SoftmaxWithLoss' and 'UpsampledLoss'. However the cross-entropy is normalized, its mean and the Dice loss count alike: where
 * it is a sum over pixels, the Dice loss is multiplied by their number.
 * @throws AppError 'bad-settings' where there is not one weight for each class.
 */
export function pixelLossAttrs(
  spec: SoftmaxWithLossSpec,
  labels: Uint8Array,
  { batch, classes }: { batch: number; classes: number },
): PixelLossAttrs {
  const { crossEntropy, gamma, dice, classWeights } = spec.objective;
  if (classWeights && classWeights.length !== classes) {
    throw new AppError(
      'bad-settings',
      `There are ${classWeights.length} class weights, and layer "${spec.name}" scores ${classes} classes. Give one weight for each class.`,
    );
  }
  const scale = spec.lossWeight / lossNormalizer(spec, labels, batch);
  return {
    labels,
    ignoreLabel: spec.ignoreLabel,
    scale: crossEntropy ? scale : 0,
    gamma,
    dice: dice ? scale * countedWeight(spec, labels) : 0,
    classWeights,
  };
}
