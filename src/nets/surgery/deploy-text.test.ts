import { describe, expect, it } from 'vitest';
import { readNetwork } from '../read-network';
import { expectedShapes } from '../place-layers';
import { zooPrototxt } from '../zoo';
import { deployText } from './deploy-text';

describe('deployText', () => {
  it.each(['fcn-8s', 'fcn-alexnet', 'googlenet', 'vgg-16'])(
    'leaves of %s what it takes to score an image',
    (id) => {
      const text = deployText(zooPrototxt(id), { width: 97, height: 131 });
      expect(text).not.toMatch(/include|exclude|label|Loss|Accuracy|"Input"/);
      expect(text.match(/^input: "data"\ninput_shape \{ dim: 1 dim: 3 dim: 131 dim: 97 \}$/gm)).toHaveLength(
        1,
      );
      const spec = readNetwork(text);
      const before = readNetwork(zooPrototxt(id), 'deploy');
      expect(spec.inputs).toMatchObject([{ name: 'data', role: 'image', shape: [1, 3, 131, 97] }]);
      expect(spec.layers.map(({ name }) => name)).toEqual(before.layers.map(({ name }) => name));
    },
  );

  it.each([
    ['mean_value: 90.5 mean_value: 100 mean_value: 110', { mean: [90.5, 100, 110], scale: 1 }],
    ['scale: 0.0078125 mean_value: 127.5', { mean: [127.5], scale: 0.0078125 }],
    ['scale: 0.5', { mean: [0], scale: 0.5 }],
  ])('keeps what a data layer does to the pixels: %s', (transform, told) => {
    const text = zooPrototxt('fcn-alexnet').replace(
      'top: "data"\n',
      `top: "data"\n  transform_param { ${transform} }\n`,
    );
    const deployed = deployText(text, { width: 97, height: 131 });
    expect(readNetwork(deployed).inputs).toMatchObject([
      { name: 'data', role: 'image', shape: [1, 3, 131, 97], transform: told },
    ]);
    expect(deployText(deployed, null)).toBe(deployed);
  });

  it('keeps the size that is declared, leaves the other heads out and reads all forms', () => {
    const text = deployText(zooPrototxt('googlenet'), null);
    expect(text).not.toContain('loss1');
    expect(readNetwork(text).inputs[0]!.shape).toEqual([1, 3, 224, 224]);
    const old = `input: "data" input_dim: [1, 3, 8, 8]
layers { name: "a" type: CONVOLUTION bottom: "data" top: "a" convolution_param { num_output: 2 kernel_size: 1 } }
layers { name: "l" type: SOFTMAX_LOSS bottom: "a" bottom: "label" include: { phase: TRAIN } }`;
    const deployed = deployText(old, { width: 4, height: 5 });
    expect(deployed).toMatch(/^input: "data"\ninput_shape \{ dim: 1 dim: 3 dim: 5 dim: 4 \}\n/);
    expect([...expectedShapes(readNetwork(deployed)).keys()]).toEqual(['a/0', 'a/1']);
  });
});
