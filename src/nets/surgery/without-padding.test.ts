import { expect, it } from 'vitest';
import { readNetwork } from '../read-network';
import { zooPrototxt } from '../zoo';
import { convolutionalize } from './convolutionalize';
import { withoutPadding } from './without-padding';

it('sets every padding to 0 and leaves the rest', () => {
  const conv = (pad: string) =>
    `layer { name: "c" type: "Convolution" bottom: "data" top: "c" convolution_param { num_output: 1 ${pad} kernel_size: 3 } }\n`;
  expect(withoutPadding(conv('pad: 2') + conv('pad_h: 1 pad_w: 3'))).toBe(
    conv('pad: 0') + conv('pad_h: 0 pad_w: 0'),
  );
  expect(withoutPadding(conv(''))).toBe(conv(''));
});

it('leaves CaffeNet a network, in which fc6 sees less', () => {
  const bare = withoutPadding(zooPrototxt('caffenet'));
  const pads = readNetwork(bare).layers.flatMap((layer) => ('pad' in layer ? layer.pad : []));
  expect(new Set(pads)).toEqual(new Set([0]));
  expect(convolutionalize(bare, null).changes[0]!.kernel).toEqual([2, 2]);
});
