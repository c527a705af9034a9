// The softmax loss over scores that it upsamples itself: what a Deconvolution, a Crop and a SoftmaxWithLoss give together (fuse-losses.ts).
import * as tf from '@tensorflow/tfjs';
import type { UpsampledLoss } from '../../nets/plan/fuse-losses';
import { upsampledSize } from '../../nets/plan/step-shapes';
import { deconv2D, deconv2DBackpropInput } from '../kernels/composed/deconvolution';
import { composedSoftmaxWithLoss } from '../kernels/composed/softmax-with-loss';
import type { UpsampledLossAttrs } from '../kernels/host/upsampled-loss';
import { toBottom } from './gradients';
import type { LayerOps } from './layer';
import { pixelLossAttrs } from './pixel-loss';

export const upsampledLoss: LayerOps<UpsampledLoss> = {
  /** The tops are the loss times loss_weight and, where the plan has a value for them, the predictions N x H x W x 1. */
  forward(spec, [scores], [weight], { labels: batch }, { bottoms, tops }) {
    if (!batch) throw new Error(`layer ${spec.name} needs labels`);
    const { labels } = batch;
    const n = scores!.shape[0];
    const outSize = upsampledSize(spec, bottoms);
    const places = n * outSize[0] * outSize[1];
    if (labels.length !== places) throw new Error(`${labels.length} labels for ${places} places with scores`);
    const { stride, pad, crop = [0, 0] } = spec.upsample;
    const attrs: UpsampledLossAttrs = {
      ...pixelLossAttrs(spec, labels, { batch: n, classes: scores!.shape[3] }),
      stride: [stride[0], stride[1]],
      pad: [pad[0] + crop[0], pad[1] + crop[1]],
      outSize,
      predict: tops.length > 1,
    };
    const [loss, gradient, predictions] = run(scores!, weight as tf.Tensor4D, attrs);
    const values = [loss.reshape<tf.Tensor4D>([1, 1, 1, 1])];
    if (predictions) values.push(predictions.reshape<tf.Tensor4D>([n, ...outSize, 1]));
    tf.dispose([loss, predictions]);
    return { tops: values, extra: [gradient] };
  },

  backward: (_spec, { extra: [gradient] }, _dTops, _params, wants) =>
    toBottom(wants, () => gradient!.clone() as tf.Tensor4D),
};

type Outputs = [loss: tf.Tensor, gradient: tf.Tensor4D, predictions?: tf.Tensor];

function run(scores: tf.Tensor4D, weight: tf.Tensor4D, attrs: UpsampledLossAttrs): Outputs {
  if (!tf.getKernel('UpsampledLoss', tf.getBackend())) return composedUpsampledLoss(scores, weight, attrs);
  const named = { ...attrs } as unknown as tf.NamedAttrMap;
  return tf.engine().runKernel<tf.Tensor[]>('UpsampledLoss', { scores, weight }, named) as Outputs;
}

/** Out of stock kernels, for backends without a kernel of ours. */
function composedUpsampledLoss(scores: tf.Tensor4D, weight: tf.Tensor4D, attrs: UpsampledLossAttrs): Outputs {
  const { stride, pad, outSize, predict } = attrs;
  return tf.tidy(() => {
    const upsample = { stride, pad, outSize, group: scores.shape[3] };
    const upsampled = deconv2D(scores, weight, upsample);
    const [loss, dy] = composedSoftmaxWithLoss(upsampled, attrs);
    const dx = deconv2DBackpropInput(dy, weight, { ...upsample, inputShape: [...scores.shape] });
    return predict ? [loss, dx, tf.argMax(upsampled, 3)] : [loss, dx];
  });
}
