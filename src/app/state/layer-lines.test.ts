import { expect, test } from 'vitest';
import { checkNetwork } from '../../nets/check-network';
import { layerAtLine, layerLines } from './layer-lines';

test('each line of a layer leads to it, lines between layers to none', () => {
  const text = [
    'name: "n"',
    'layer { name: "a" type: "ReLU" bottom: "data" top: "a" }',
    '# between',
    'layer {',
    '  name: "b"',
    '  type: "ReLU" bottom: "a" top: "b"',
    '}',
    '',
  ].join('\n');
  const lines = layerLines(text, checkNetwork(text, { size: null, classes: null }).places);
  expect(lines).toEqual([
    { name: 'a', first: 2, last: 2 },
    { name: 'b', first: 4, last: 7 },
  ]);
  expect([1, 2, 3, 4, 7, 8].map((line) => layerAtLine(lines, line))).toEqual([
    null,
    'a',
    null,
    'b',
    'b',
    null,
  ]);
});
