// Flatten and Reshape: the same values in Caffe's order with other axes (Caffe, flatten_layer.cpp, reshape_layer.cpp).
import type { FlattenSpec, ReshapeSpec } from '../../nets/spec';
import { fromCaffeOrder, toCaffeOrder } from './axes';
import { toBottom } from './gradients';
import * as tf from '@tensorflow/tfjs';
import type { LayerOps } from './layer';

/** Which axes the top has was settled with the shapes, so that both types do the same here. */
export const reshape: LayerOps<FlattenSpec | ReshapeSpec> = {
  forward: (_spec, [x], _params, _pass, { tops }) => ({
    tops: [tf.tidy(() => fromCaffeOrder(toCaffeOrder(x!), tops[0]!))],
  }),
  backward: (_spec, { shapes }, [dy], _params, wants) =>
    toBottom(wants, () => fromCaffeOrder(toCaffeOrder(dy!), shapes.bottoms[0]!)),
};
