// The options of each verb in one table: it is parsed with, and the help is printed from it.
import { lossNames } from '../../src/nets/objective';
import { labelFormats, resizeModes } from '../../src/data/types';
import { solvers } from '../../src/nets/solvers';

interface Option {
  type: 'string' | 'boolean';
  /** What stands for the value in the help. */
  value?: string;
  help: string;
  multiple?: boolean;
}

export interface Verb {
  summary: string;
  options: Record<string, Option>;
}

const common: Record<string, Option> = {
  profile: {
    type: 'string',
    value: 'DIR',
    help: 'keep the browser profile there; without it each command is fresh',
  },
  'measure-memory': {
    type: 'boolean',
    help: 'add peakMemoryBytes: the peak of the summed PSS of all browser processes (Linux)',
  },
  help: { type: 'boolean', help: 'print this' },
};
const backend: Option = { type: 'string', value: 'auto|webgpu|webgl|wasm|cpu', help: 'default auto' };
const network = (help: string): Option => ({ type: 'string', value: 'ID|FILE.prototxt', help });
const classes = (help: string): Option => ({ type: 'string', value: 'FILE', help, multiple: true });

const model: Record<string, Option> = {
  weights: { type: 'string', value: 'FILE', help: 'a .safetensors file, or a .caffemodel with --network' },
  network: network("default the network in the weights' own metadata"),
};

/** What to import, and how. */
export const source: Record<string, Option> = {
  images: { type: 'string', value: 'DIR', help: 'folder of images' },
  labels: { type: 'string', value: 'DIR', help: 'folder of labels, paired by base name' },
  folder: {
    type: 'string',
    value: 'DIR|ZIP|TAR',
    help: 'or one folder, zip, tar or tar.gz that holds both, in any known layout',
  },
  layout: {
    type: 'string',
    value: 'ID',
    help: 'the layout of --folder, such as synthia-rand:GT or folders; found out if not given',
  },
  val: { type: 'string', value: 'PCT', help: 'share of the pairs for validation in percent, default 10' },
  'val-images': { type: 'string', value: 'DIR', help: 'or separate folders for validation' },
  'val-labels': { type: 'string', value: 'DIR', help: '' },
  classes: classes(
    'class list: "R G B name" lines, a table, JSON, or a file of names and one of colours (give it twice)',
  ),
  format: { type: 'string', value: ['auto', ...labelFormats].join('|'), help: 'label format, default auto' },
  unknown: {
    type: 'string',
    value: 'reject|void',
    help: 'label values that no class has: leave their files out (default), or read them as void and count them',
  },
  split: {
    type: 'string',
    value: 'own|share',
    help: "the source's own validation pairs, where it has some (default), or the share of all pairs",
  },
  size: {
    type: 'string',
    value: 'WxH',
    help: 'bring every pair to this size; without it each keeps its own',
  },
  resize: {
    type: 'string',
    value: resizeModes.join('|'),
    help: 'how pairs come to --size: stretched (default), padded, cropped, or left out if they have another',
  },
  tile: { type: 'string', value: 'WxH', help: 'cut every pair into tiles; without it pairs stay whole' },
  overlap: { type: 'string', value: 'PX', help: 'pixels that neighbouring tiles share, default 0' },
  'max-void': {
    type: 'string',
    value: 'PCT',
    help: 'leave out tiles with more void than this in percent, default 100: none',
  },
  void: { type: 'string', value: 'CLASS', help: 'read a class as void', multiple: true },
  merge: { type: 'string', value: 'CLASS=INTO', help: 'read a class as another', multiple: true },
  rename: { type: 'string', value: 'CLASS=NAME', help: 'give a class another name', multiple: true },
};
const view: Option = {
  type: 'string',
  value: 'train|val|deploy',
  help: 'which layers of an all-in-one network, default train',
};
const solver: Option = { type: 'string', value: solvers.join('|'), help: 'default SGD' };
const widthHelp = 'scales the channels of every learned layer but the score; below 1, dropout is left out';
const seed: Option = { type: 'string', value: 'S', help: 'of every random choice' };

export const verbs = {
  import: {
    summary: 'Store folders of images and labels as a dataset.',
    options: {
      ...source,
      name: { type: 'string', value: 'NAME', help: 'name of the dataset' },
      seed,
      'go-on': {
        type: 'boolean',
        help: 'go on with the import of that name that was ended early, from the same files and with its choices',
      },
      ...common,
    },
  },
  city: {
    summary: 'Draw frames of a synthetic city with exact labels and store them as a dataset.',
    options: {
      frames: { type: 'string', value: 'N', help: 'how many, default 120' },
      size: { type: 'string', value: 'WxH', help: 'of a frame, default 240x180' },
      seed,
      name: { type: 'string', value: 'NAME', help: 'name of the dataset, default City' },
      val: {
        type: 'string',
        value: 'PCT',
        help: 'share of the frames for validation in percent, default 10',
      },
      density: { type: 'string', value: 'F', help: 'of traffic, people and things, 0 to 2, default 1' },
      weather: { type: 'string', value: 'mixed|sun|overcast|rain|fog|snow', help: 'default mixed' },
      hour: { type: 'string', value: 'mixed|H', help: 'of the day, 0 to 24, default mixed' },
      camera: {
        type: 'string',
        value: 'mixed|driver|pedestrian|bus|above',
        help: 'where frames are taken from, default mixed',
      },
      'lane-marking': { type: 'boolean', help: 'a class of its own; without it markings are road' },
      'traffic-light': { type: 'boolean', help: 'a class of its own; without it they are signs' },
      ...common,
    },
  },
  train: {
    summary: 'Train a network on a dataset; with --images and --labels, or --folder, import it first.',
    options: {
      dataset: { type: 'string', value: 'NAME', help: 'name or id of a dataset in the profile' },
      network: network('default fcn-alexnet'),
      width: { type: 'string', value: 'F', help: widthHelp },
      epochs: { type: 'string', value: 'N', help: '' },
      weights: {
        type: 'string',
        value: 'FILE|ID',
        help: 'start from a .safetensors or .caffemodel file or a model of the profile; random if not given',
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
    },
  },
  segment: {
    summary: 'Label every pixel of every image of a folder; writes an indexed PNG per image.',
    options: {
      ...model,
      images: { type: 'string', value: 'DIR', help: 'folder of images' },
      out: { type: 'string', value: 'DIR', help: 'folder for the PNGs' },
      backend,
      ...common,
    },
  },
  evaluate: {
    summary: 'Compare predictions with labels and print the metrics and the confusion matrix.',
    options: {
      ...model,
      images: { type: 'string', value: 'DIR', help: 'folder of images' },
      labels: { type: 'string', value: 'DIR', help: 'folder of labels, paired by base name' },
      classes: classes('class list, needed only for RGB labels'),
      backend,
      ...common,
    },
  },
  describe: {
    summary: 'Print what is known of a network without running it.',
    options: {
      network: network('default fcn-alexnet'),
      size: { type: 'string', value: 'WxH', help: 'size of the input; without it what the network declares' },
      classes: { type: 'string', value: 'N', help: 'number of classes' },
      width: { type: 'string', value: 'F', help: widthHelp },
      view,
      batch: { type: 'string', value: 'N', help: 'images a step that memory is planned for, default 1' },
      solver: { ...solver, help: 'that memory is planned for, default SGD' },
      accumulation: { type: 'string', value: 'N', help: 'batches that a step sums up, default 1' },
      clip: {
        type: 'string',
        value: 'F',
        help: 'bound of the norm of all gradients, which keeps them waiting',
      },
      ...common,
    },
  },
  check: {
    summary: 'Print what is wrong with a network, or with every .prototxt below a folder.',
    options: {
      network: network('default fcn-alexnet'),
      folder: {
        type: 'string',
        value: 'DIR',
        help: 'or a folder; each file is read in the first view that it has',
      },
      size: { type: 'string', value: 'WxH', help: 'size of the input; without it what the network declares' },
      classes: { type: 'string', value: 'N', help: 'number of classes of the dataset that it is meant for' },
      view,
      ...common,
    },
  },
  'export-dataset': {
    summary:
      'Write a dataset as folders of PNG pairs with class lists; with --images and --labels, or --folder, import it first.',
    options: {
      dataset: { type: 'string', value: 'NAME', help: 'name or id of a dataset in the profile' },
      out: {
        type: 'string',
        value: 'DIR|FILE.zip',
        help: 'write train and val, each with images and labels, and the class lists there',
      },
      seed,
      ...source,
      ...common,
    },
  },
  export: {
    summary: 'Write a network and its weights for other programs, Caffe and OpenCV among them.',
    options: {
      network: network('a built-in network or a file'),
      weights: {
        type: 'string',
        value: 'FILE',
        help: 'a .safetensors or .caffemodel file; what it lacks, or all without it, is random',
      },
      width: {
        type: 'string',
        value: 'F',
        help: `${widthHelp}; without --classes, too, as the weights have`,
      },
      classes: { type: 'string', value: 'N', help: 'number of classes' },
      seed,
      size: {
        type: 'string',
        value: 'WxH',
        help: "size of the declared input; without it the network's own",
      },
      as: {
        type: 'string',
        value: 'caffemodel|safetensors',
        help: 'format of the weights, default caffemodel',
      },
      out: {
        type: 'string',
        value: 'DIR',
        help: 'write weights and network.prototxt (its deploy view) there',
      },
      ...common,
    },
  },
} satisfies Record<string, Verb>;

export type VerbName = keyof typeof verbs;
