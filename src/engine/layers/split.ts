// Split gives one blob to several readers, whose gradients add up; Silence reads and gives nothing (Caffe, split_layer.cpp, silence_layer.cpp).
import * as tf from '@tensorflow/tfjs';
import type { SilenceSpec, SplitSpec } from '../../nets/spec';
import { tensorShape } from './axes';
import { toBottom, toBottoms } from './gradients';
import type { LayerOps } from './layer';

export const split: LayerOps<SplitSpec> = {
  forward: ({ tops }, [x]) => ({ tops: tops.map(() => x!.clone()) }),
  backward: (_spec, _kept, dTops, _params, wants) =>
    toBottom(wants, () => {
      const [first, ...rest] = dTops.filter((dy) => dy !== null);
      return rest.reduce((sum, dy) => tf.add(sum, dy), first!.clone());
    }),
};

export const silence: LayerOps<SilenceSpec> = {
  forward: () => ({ tops: [] }),
  backward: (_spec, { shapes }, _dTops, _params, wants) =>
    toBottoms(wants, (i) => tf.zeros(tensorShape(shapes.bottoms[i]!))),
};
