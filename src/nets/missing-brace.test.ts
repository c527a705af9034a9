import { expect, test } from 'vitest';
import { applyFix } from './apply-fix';
import { surveyNetwork } from './read-network';
import { zooPrototxt } from './zoo';

const whole = zooPrototxt('fcn-alexnet');

test.each([
  [
    'of an inner message',
    `layer {
  name: "a"
  type: "Convolution"
  bottom: "data"
  top: "a"
  convolution_param {
    num_output: 2
    kernel_size: 3 # odd
}
layer { name: "b" type: "ReLU" bottom: "a" top: "b" }
`,
    8,
    '    kernel_size: 3\n  } # odd\n}',
  ],
  [
    'of a message in one line',
    `layer {
  name: "a" type: "Convolution" bottom: "data" top: "a"
  convolution_param { num_output: 2 weight_filler { type: "msra" } kernel_size: 3
}
`,
    3,
    'kernel_size: 3 }\n}',
  ],
  [
    'of a layer',
    `layer {
  name: "a" type: "ReLU" bottom: "data" top: "a"

layer {
  name: "b" type: "ReLU" bottom: "a" top: "b"
}
`,
    2,
    'top: "a"\n}\n\nlayer {',
  ],
  ['of the last layer', 'layer {\n  name: "a" type: "ReLU" bottom: "data" top: "a"\n', null, ''],
])('the brace %s', (_name, text, line, mended) => {
  const [problem, ...more] = surveyNetwork(text).problems;
  expect(more).toEqual([]);
  expect(problem!.message).toContain('never closed');
  if (line === null) {
    expect(problem).toMatchObject({ line: 1 });
    return;
  }
  expect(problem!.line).toBe(line);
  const fixed = applyFix(text, problem!.fix!);
  expect(fixed).toContain(mended);
  expect(surveyNetwork(fixed).problems).toEqual([]);
});

test('whichever brace a built-in network loses, the place is at most three lines off and the repair restores it', () => {
  const { spec } = surveyNetwork(whole);
  for (const { index } of whole.matchAll(/^\s*\}$/gm)) {
    const at = whole.indexOf('}', index);
    const line = whole.slice(0, at).split('\n').length;
    const text = whole.slice(0, at) + whole.slice(at + 1);
    const [problem] = surveyNetwork(text).problems;
    if (!problem!.fix) {
      expect(whole.slice(at + 1).trim()).toBe('');
      continue;
    }
    expect(Math.abs(problem!.line - line)).toBeLessThan(4);
    const mended = surveyNetwork(applyFix(text, problem!.fix));
    expect(mended.spec!.layers.map(({ name }) => name)).toEqual(spec!.layers.map(({ name }) => name));
  }
});
