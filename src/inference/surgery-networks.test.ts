import { describe, expect, it } from 'vitest';
import { initialWeights } from '../nets/fillers';
import { readNetwork } from '../nets/read-network';
import { resizeNetwork } from '../nets/resize-network';
import { expectedShapes } from '../nets/place-layers';
import { zooPrototxt } from '../nets/zoo';
import { surgeryNetworks } from './surgery-networks';

const caffenet = { prototxt: zooPrototxt('caffenet'), window: null, width: 0.0625, padding: true };
const shape = (networks: ReturnType<typeof surgeryNetworks>, of: 'before' | 'after', blob: string) =>
  expectedShapes(networks[of]).get(blob);

describe('surgeryNetworks', () => {
  it('draws weights for a narrow classifier and makes its convolutional form', () => {
    const networks = surgeryNetworks(caffenet, null, 1);
    expect(networks).toMatchObject({ window: { width: 227, height: 227 }, channels: 3 });
    expect(networks.weights.get('fc6/0')?.shape).toEqual([256, 16 * 36]);
    expect(shape(networks, 'after', 'fc6/0')).toEqual([256, 16, 6, 6]);
    const bare = surgeryNetworks({ ...caffenet, padding: false }, null, 1);
    expect(shape(bare, 'after', 'fc6/0')).toEqual([256, 16, 2, 2]);
  });

  it('takes the window for a file that declares no size', () => {
    const prototxt = `layer { name: "data" type: "Data" top: "data" top: "label" }
layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 2 kernel_size: 3 } }
layer { name: "ip" type: "InnerProduct" bottom: "c" top: "ip" inner_product_param { num_output: 4 } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip" bottom: "label" top: "loss" }`;
    const request = { prototxt, window: { width: 9, height: 7 }, width: 1, padding: true };
    const networks = surgeryNetworks(request, null, 1);
    expect(networks.window).toEqual({ width: 9, height: 7 });
    expect(networks.weights.get('ip/0')?.shape).toEqual([4, 2 * 5 * 7]);
    expect(shape(networks, 'after', 'ip/0')).toEqual([4, 2, 5, 7]);
  });

  it("takes a model's weights and its width, or says what does not fit", () => {
    const narrow = readNetwork(resizeNetwork(caffenet.prototxt, { width: 0.125, classes: 5 }));
    const held = { name: 'small', weights: initialWeights(narrow, 3) };
    const networks = surgeryNetworks(caffenet, held, 1);
    expect(networks.weights.get('fc8/0')).toEqual(held.weights.get('fc8/0'));
    held.weights.delete('conv2/0');
    expect(() => surgeryNetworks(caffenet, held, 1)).toThrow(/^small has no weights that fit conv2\/0/);
  });
});
