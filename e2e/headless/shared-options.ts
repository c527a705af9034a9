// Options that several verbs have.
import { labelFormats, resizeModes } from '../../src/data/types';
import { solvers } from '../../src/nets/solvers';

export interface Option {
  type: 'string' | 'boolean';
  /** What stands for the value in the help. */
  value?: string;
  help: string;
  multiple?: boolean;
}

export const common: Record<string, Option> = {
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
export const backend: Option = { type: 'string', value: 'auto|webgpu|webgl|wasm|cpu', help: 'default auto' };
export const network = (help: string): Option => ({ type: 'string', value: 'ID|FILE.prototxt', help });
export const classes = (help: string): Option => ({ type: 'string', value: 'FILE', help, multiple: true });

export const model: Record<string, Option> = {
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
export const view: Option = {
  type: 'string',
  value: 'train|val|deploy',
  help: 'which layers of an all-in-one network, default train',
};
export const solver: Option = { type: 'string', value: solvers.join('|'), help: 'default SGD' };
export const widthHelp =
  'scales the channels of every learned layer but the score; below 1, dropout is left out';
export const seed: Option = { type: 'string', value: 'S', help: 'of every random choice' };
