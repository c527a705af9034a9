// The options of `train`.
import { meanChoices } from '../../src/nets/mean-values';
import { lossNames } from '../../src/nets/objective';
import { presets } from '../../src/app/state/train-presets';
import { backend, common, network, seed, solver, source, widthHelp, type Option } from './shared-options';

export const trainOptions = {
  dataset: { type: 'string', value: 'NAME', help: 'name or id of a dataset in the profile' },
  preset: {
    type: 'string',
    value: presets.map(({ id }) => id).join('|'),
    help: 'whose settings hold where no option says otherwise, default standard; random takes fcn-alexnet-scaled if no network is given',
  },
  network: network('default fcn-alexnet'),
  width: { type: 'string', value: 'F', help: widthHelp },
  epochs: { type: 'string', value: 'N', help: '' },
  weights: {
    type: 'string',
    value: 'FILE|ID|RUN@STEP',
    help: 'start from a .safetensors or .caffemodel file, a model of the profile, or a snapshot of a run by its id or name: its step, last or best; random if not given',
  },
  lr: { type: 'string', value: 'F', help: 'learning rate' },
  policy: {
    type: 'string',
    value: 'fixed|step|multistep|exp|inv|poly|sigmoid',
    help: 'of the learning rate, default sigmoid: it falls around the middle of the run',
  },
  gamma: {
    type: 'string',
    value: 'F',
    help: "the policy's factor: of each drop (step 0.1, multistep 0.5), of each hundredth of the run (exp 0.95), or how fast (inv, sigmoid 0.1)",
  },
  power: { type: 'string', value: 'F', help: 'exponent of inv (0.5) and poly (3)' },
  at: {
    type: 'string',
    value: 'PCT,PCT',
    help: 'in percent of the run: length of a step (33), drops of multistep (50,85), middle of sigmoid (50)',
  },
  warmup: {
    type: 'string',
    value: 'EPOCHS',
    help: 'epochs, or a part of one, over which the rate rises; default 0',
  },
  batch: { type: 'string', value: 'N', help: 'pictures at once, default 4' },
  accumulation: {
    type: 'string',
    value: 'N',
    help: 'batches whose gradients are averaged for one step, default 1',
  },
  clip: {
    type: 'string',
    value: 'F',
    help: 'the most that the L2 norm of all gradients of a step may be, summed over its batches as in Caffe; no bound if not given',
  },
  freeze: { type: 'string', value: 'LAYER', help: 'a layer that does not learn', multiple: true },
  multipliers: {
    type: 'string',
    value: 'LAYER=LR:DECAY,...',
    help: "of learning rate and weight decay, for weights and bias; what the network's text says if not given",
    multiple: true,
  },
  solver,
  momentum: { type: 'string', value: 'F', help: '' },
  loss: {
    type: 'string',
    value: lossNames.join('|'),
    help: 'default cross-entropy; Dice is over all pixels of a batch, the mean of its classes',
  },
  'focal-gamma': { type: 'string', value: 'F', help: 'exponent of a focal loss, default 2' },
  'class-weights': {
    type: 'string',
    value: 'none|median-frequency|inverse-frequency|W,W,...',
    help: 'how much a pixel of each class counts: by its frequency in the training split, or a number for each class in their order; default none',
  },
  'weight-decay': { type: 'string', value: 'F', help: '' },
  mean: {
    type: 'string',
    value: meanChoices.join('|'),
    help: "what is subtracted from the pixels: what the network's text says (default), nothing, or the mean colour of the training pictures",
  },
  seed,
  'no-flip': { type: 'boolean', help: 'do not mirror images at random' },
  crop: {
    type: 'string',
    value: 'WxH',
    help: 'cut training pictures to this size at random places',
  },
  scale: {
    type: 'string',
    value: 'LEAST,MOST',
    help: 'factors of the size of training pictures, as in 0.5,2; void around those that shrink',
  },
  rotation: { type: 'string', value: 'DEG', help: 'turn them by up to so many degrees' },
  brightness: { type: 'string', value: 'F', help: 'change it by up to this share, as in 0.3' },
  contrast: { type: 'string', value: 'F', help: 'the same' },
  saturation: { type: 'string', value: 'F', help: 'the same' },
  hue: { type: 'string', value: 'DEG', help: 'turn the colour circle by up to so many degrees' },
  noise: {
    type: 'string',
    value: 'SD',
    help: 'add noise of up to this standard deviation, in grey values',
  },
  blur: { type: 'string', value: 'SD', help: 'blur by up to this standard deviation, in pixels' },
  backend,
  out: {
    type: 'string',
    value: 'DIR',
    help: 'write weights.safetensors, network.prototxt and info.json there',
  },
  ...source,
  ...common,
} satisfies Record<string, Option>;
