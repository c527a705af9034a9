import { expect, test } from 'vitest';
import { policyDefaults, policyProblem } from '../../nets/learning-rate';
import { trainDefaults } from './train-defaults';
import { defaultsWith, presetChanges, presetNamed, presets } from './train-presets';

test('presets have ids and titles of their own, and policies that can be used', () => {
  for (const part of ['id', 'title', 'help'] as const) {
    expect(new Set(presets.map((preset) => preset[part])).size).toBe(presets.length);
  }
  for (const { settings } of presets) {
    expect(policyProblem(settings.policy, settings.policyParameters)).toBeNull();
  }
});

test('no two presets are the same, and each is as itself', () => {
  for (const one of presets) {
    for (const other of presets) {
      expect(presetChanges(one.settings, other).length > 0).toBe(one !== other);
    }
  }
});

test('the form opens with the standard', () => {
  expect(presetChanges(trainDefaults, presetNamed('standard'))).toEqual([]);
  expect(defaultsWith(undefined)).toBe(trainDefaults);
  expect(defaultsWith('standard')).toEqual(trainDefaults);
});

test('says what was changed, in the words of the form', () => {
  const preset = presetNamed('digits');
  const { settings } = preset;
  const changed = (changes: Partial<typeof settings>) => presetChanges({ ...settings, ...changes }, preset);
  expect(changed({ batch: 4, learningRate: 0.01 })).toEqual(['learning rate', 'batch size']);
  expect(changed({ policyParameters: { ...policyDefaults.step, gamma: 0.5 } })).toEqual(['its parameters']);
  // Steps have no power.
  expect(changed({ policyParameters: { ...policyDefaults.step, power: 7 } })).toEqual([]);
  expect(changed({ policy: 'poly', policyParameters: policyDefaults.poly })).toEqual(['policy']);
  expect(changed({ weightDecay: NaN })).toEqual(['weight decay']);
  const { flip, ...others } = settings.augmentation;
  expect(changed({ augmentation: { ...others, flip } })).toEqual([]);
  expect(changed({ augmentation: { ...others, flip: !flip } })).toEqual(['augmentation']);
});

test('heavy learning is that of Berkeley, with a loss that is the mean over 500 x 375 pixels', () => {
  const { learningRate, weightDecay } = presetNamed('fcn-heavy').settings;
  const pixels = 500 * 375;
  expect(learningRate / (1e-10 * pixels)).toBeCloseTo(1, 1);
  expect(weightDecay / (5e-4 / pixels)).toBeCloseTo(1, 1);
  // What decay takes off a weight in a step is the same as there.
  expect((learningRate * weightDecay) / (1e-10 * 5e-4)).toBeCloseTo(1, 1);
});

test('a preset for scaled input comes with such a network, and one of no name is refused', () => {
  expect(defaultsWith('random')).toMatchObject({
    network: { kind: 'zoo', id: 'fcn-alexnet-scaled' },
    solver: 'Adam',
    epochs: trainDefaults.epochs,
  });
  expect(() => defaultsWith('best')).toThrow(/no preset "best".*standard, random, fine-tune/);
});
