// The options of each verb in one table: it is parsed with, and the help is printed from it.
import {
  backend,
  classes,
  common,
  model,
  network,
  seed,
  solver,
  source,
  view,
  widthHelp,
  type Option,
} from './shared-options';
import { trainOptions } from './train-options';

export interface Verb {
  summary: string;
  options: Record<string, Option>;
}

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
    options: trainOptions,
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
