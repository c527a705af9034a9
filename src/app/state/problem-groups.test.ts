import { expect, test } from 'vitest';
import { applyFix } from '../../nets/apply-fix';
import { checkNetwork } from '../../nets/check-network';
import { problemGroups } from './problem-groups';

const check = (text: string) => checkNetwork(text, { size: null, classes: null });
const layer = (name: string, type: string, bottom: string, more = '') =>
  `layer { name: "${name}" type: "${type}" bottom: "${bottom}" top: "${name}" ${more} }`;

test('layers of one unknown type are one row with all their lines', () => {
  const names = ['data', 'a', 'b', 'c', 'd'];
  const text = names.slice(1).map((name, i) => layer(name, 'BN', names[i]!));
  const groups = problemGroups(check([...text, layer('u', 'Upsample', 'd')].join('\n')).problems);
  expect(groups.map(({ problems }) => problems.map(({ line }) => line))).toEqual([[1, 2, 3, 4], [5]]);
  expect(groups[0]!.message).toMatch(/^4 layers have the type "BN", which Intarsia does not run\./);
  expect(groups[1]!.message).toMatch(/^Layer "u" has the type "Upsample"/);
});

test('one repair mends all that are gathered', () => {
  const names = ['data', 'a', 'b', 'c', 'd'];
  const convolution = 'convolution_param { num_output: 2 kernel_size: 1 }';
  const text = [
    ...names.slice(1).map((name, i) => layer(name, 'Convolution', names[i]!, convolution)),
    'layer { name: "loss" type: "SoftmaxWithLoss" bottom: "d" bottom: "label" top: "loss" }',
  ].join('\n');
  const [group, ...others] = problemGroups(check(text).problems);
  expect(others).toEqual([]);
  expect(group!.fix!.label).toBe('Add an msra filler (4 times)');
  expect(check(applyFix(text, group!.fix!)).problems).toEqual([]);
});

test('few problems stay apart, each with its own repair', () => {
  const text = layer('a', 'ReLu', 'data') + '\n' + layer('b', 'ReLu', 'a');
  const groups = problemGroups(check(text).problems);
  expect(groups.map(({ fix }) => fix?.label)).toEqual(['Write "ReLU"', 'Write "ReLU"']);
});
