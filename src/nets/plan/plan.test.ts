import { describe, expect, it } from 'vitest';
import { planNetwork, stepsFor, trainingLosses } from './plan';
import { blobShapes } from './step-shapes';
import { convolution, everything, layer, loss, networkOf } from './test-graphs';

const plan = (...layers: string[]) => planNetwork(networkOf(layers));

const deconvolution = (name: string, bottoms: string, tops: string, rest = '') =>
  layer(
    'Deconvolution',
    name,
    bottoms,
    tops,
    `convolution_param { num_output: 3 kernel_size: 4 stride: 2 bias_term: false } ${rest}`,
  );

describe('a plan', () => {
  it('runs for the losses only what they depend on', () => {
    const whole = planNetwork(networkOf(everything()));
    const training = stepsFor(
      whole,
      trainingLosses(whole).map(({ value }) => value),
    ).map((step) => step.layer.name);
    for (const name of ['accuracy', 'unread_accuracy', 'unread_softmax', 'silence'])
      expect(training).not.toContain(name);
    expect(training.filter((name) => name === 'twins')).toHaveLength(2);
    expect(whole.names.get(whole.scores)).toBe('score');
    expect(whole.mainLoss?.layer.name).toBe('main_loss');
  });

  it('puts a crop into the deconvolution before it, unless somebody reads what is cropped', () => {
    const layers = [
      convolution('a', 'data', 'a', 3),
      deconvolution('up', 'a', 'up'),
      convolution('like', 'data', 'like', 3),
      layer('Crop', 'crop', 'up like', 'crop', 'crop_param { axis: -2 offset: 2 offset: 3 }'),
    ];
    const fused = plan(...layers);
    expect(fused.steps.map((step) => step.layer.type)).toEqual([
      'Convolution',
      'Convolution',
      'Deconvolution',
    ]);
    expect(fused.steps[2]!.layer).toMatchObject({ name: 'up', crop: [2, 3], tops: ['crop'] });
    expect(fused.last.has('up')).toBe(false);
    expect(planNetwork(networkOf(layers), 'blobs').last.has('up')).toBe(true);
    const read = plan(...layers, layer('Eltwise', 'sum', 'up up', 'sum'));
    expect(read.steps.map((step) => step.layer.type)).toContain('Crop');
  });

  const bilinear = (lrMult: number) =>
    layer(
      'Deconvolution',
      'up',
      'a',
      'up',
      `convolution_param { num_output: 3 group: 3 kernel_size: 4 stride: 2 bias_term: false } param { lr_mult: ${lrMult} }`,
    );
  const upsampled = (lrMult = 0) => [
    convolution('a', 'data', 'a', 3),
    bilinear(lrMult),
    layer('Crop', 'score', 'up data', 'score', 'crop_param { axis: 2 offset: 1 }'),
    loss('loss', 'score'),
  ];
  const types = (made: ReturnType<typeof planNetwork>) => made.steps.map((step) => step.layer.type);

  it('puts a fixed upsampling into the loss, to train and to test', () => {
    const spec = networkOf(upsampled());
    const [training, testing] = [planNetwork(spec, 'training'), planNetwork(spec, 'testing')];
    expect(types(training)).toEqual(['Convolution', 'SoftmaxWithLoss']);
    expect(training.steps[1]).toMatchObject({ params: ['up/0'], inputs: [2, 1, 0], backward: true });
    expect(training.predictions).toBeNull();
    expect(testing.steps[1]!.outputs).toEqual([expect.any(Number), testing.predictions]);
    expect(types(planNetwork(spec))).toEqual(['Convolution', 'Deconvolution', 'SoftmaxWithLoss']);
    const shapes = blobShapes(testing, testing.steps, [2, 9, 11, 3]);
    expect(shapes.get(testing.predictions!)).toEqual([2, 1, 9, 11]);
  });

  it.each([
    ['that learns', upsampled(1)],
    [
      'whose scores another layer reads',
      [...upsampled(), convolution('b', 'score', 'b', 3), loss('second', 'b')],
    ],
    ['that mixes classes', upsampled().map((text) => text.replace('group: 3', 'group: 1'))],
  ])('leaves an upsampling alone %s', (_what, layers) => {
    const testing = planNetwork(networkOf(layers), 'testing');
    expect(types(testing)).toContain('Deconvolution');
    expect(testing.predictions).toBeNull();
  });

  it('sends gradients to what learns, and neither past a stop nor to the image or a lender of its size', () => {
    const { steps } = plan(
      convolution('fixed', 'data', 'fixed', 3, 'param { lr_mult: 0 } param { lr_mult: 0 }'),
      convolution('a', 'fixed', 'a', 3),
      convolution('b', 'a', 'b', 3),
      layer('Eltwise', 'sum', 'a b', 'sum', 'propagate_down: false propagate_down: true'),
      layer('Crop', 'crop', 'sum b', 'crop', 'crop_param { axis: 2 offset: 0 }'),
      loss('loss', 'crop'),
      convolution('astray', 'b', 'astray', 3),
    );
    const found = Object.fromEntries(
      steps.map((step) => [step.layer.name, step.backward && [...step.wants.bottoms, step.wants.params]]),
    );
    expect(found).toEqual({
      fixed: false,
      a: [false, true],
      b: [true, true],
      sum: [false, true, false],
      crop: [true, false, false],
      loss: [true, false, false],
      astray: false,
    });
  });

  it.each([
    ['no loss', [convolution('a', 'data', 'a', 3)], /^Line 1: the last layer is "a" \(Convolution\)/],
    ['a loss without weight', [loss('only', 'data', 'loss_weight: 0')], /^Line 1: the last layer is "only"/],
    [
      'labels that are computed',
      [
        convolution('a', 'data', 'a', 3),
        layer('Power', 'b', 'data', 'b'),
        layer('SoftmaxWithLoss', 'loss', 'a b', 'loss'),
      ],
      /^Line 3: the loss "loss" must read an input as its labels/,
    ],
  ])('cannot train with %s', (_what, layers, message) => {
    const made = plan(...layers);
    expect(() => trainingLosses(made)).toThrow(message);
  });

  it('refuses two images, naming them and their line', () => {
    const inputs = 'input: "left"\ninput: "right"\n';
    const two = networkOf([inputs, layer('Eltwise', 'sum', 'left right', 'sum')]);
    expect(() => planNetwork(two)).toThrow(/^Line 2: the network reads "left" and "right"/);
  });

  it('refuses to share the weights of a convolution with what has them in another order', () => {
    const layers = [
      layer(
        'Convolution',
        'down',
        'data',
        'down',
        'convolution_param { num_output: 3 kernel_size: 4 bias_term: false } param { name: "w" }',
      ),
      deconvolution('up', 'down', 'up', 'param { name: "w" }'),
    ];
    expect(() => plan(...layers)).toThrow(
      /^Line 2: layer "up" shares the blob down\/0 of "down", but a conv/,
    );
  });

  it('knows the shape of every value at any size of image', () => {
    const whole = planNetwork(networkOf(everything()));
    const shapes = blobShapes(whole, whole.steps, [2, 9, 11, 3]);
    const of = (blob: string) => shapes.get(whole.last.get(blob)!);
    expect(of('gate')).toEqual([2, 6]);
    expect(of('joined')).toEqual([2, 12, 9, 11]);
    expect(of('score')).toEqual([2, 3, 9, 11]);
    expect(of('main_loss')).toEqual([]);
    expect(() => blobShapes(whole, whole.steps, [2, 9, 11, 1])).toThrow(/images of 3 channels; these have 1/);
  });
});
