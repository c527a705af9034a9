// What a script or a form asks about a network: which one, how wide, at what size, in which view, trained how.
import { AppError } from '../core/errors';
import { checkNetwork } from './check-network';
import { describeNetwork, type NetworkDescription } from './describe';
import type { NetView } from './net-state';
import type { NetworkProblem } from './problem';
import { readNetwork } from './read-network';
import { memoryByKernels, type MemoryByKernels } from './plan/training-memory';
import { resizeNetwork } from './resize-network';
import { solvers, type SolverName } from './solvers';
import { dataShape } from './place-layers';
import { networkText } from './zoo';

export interface DescribeRequest {
  network: { kind: 'zoo'; id: string } | { kind: 'prototxt'; text: string };
  /** The image; the size that the network declares where it is not given. */
  width?: number | null;
  height?: number | null;
  /** Number of classes; the file's where it is not given. */
  classes?: number | null;
  /** Scales num_output of every learned layer but the score; 1 where it is not given. */
  multiplier?: number;
  /** 'train' where it is not given. */
  view?: NetView;
  /** How it would be trained, which the memory depends on: one image a step by SGD where it is not given. */
  batch?: number;
  solver?: SolverName;
  accumulation?: number;
  /** Whether the norm of a step's gradients is bounded. */
  clips?: boolean;
}

export interface RequestedDescription extends NetworkDescription {
  /** What a training step takes, by the backend that does it; null where the engine cannot run the network. */
  memory: MemoryByKernels | null;
}

function sized(request: DescribeRequest) {
  const { network, classes = null, multiplier = 1, width, height } = request;
  const text = networkText(network);
  // What need not be changed is not touched: a network that cannot be resized can still be described.
  const prototxt =
    classes === null && multiplier === 1 ? text : resizeNetwork(text, { width: multiplier, classes });
  return { prototxt, size: width && height ? { width, height } : null };
}

/** @throws AppError 'bad-network' naming the line, 'bad-settings' for an impossible width or another setting */
export function describeRequested(request: DescribeRequest): RequestedDescription {
  const training = trainingOf(request);
  const { prototxt, size } = sized(request);
  const spec = readNetwork(prototxt, request.view ?? 'train');
  const description = describeNetwork(spec, dataShape(spec, size));
  return { ...description, memory: memoryByKernels(spec, dataShape(spec, size, training.batch), training) };
}

function trainingOf({ batch = 1, solver = 'SGD', accumulation = 1, clips = false }: DescribeRequest) {
  const wrong = Object.entries({ batch, accumulation }).find(([, n]) => !(Number.isInteger(n) && n >= 1));
  if (wrong)
    throw new AppError('bad-settings', `${wrong[0]} is ${wrong[1]}, and must be a whole number from 1 on.`);
  if (!solvers.includes(solver)) {
    throw new AppError(
      'bad-settings',
      `There is no solver "${solver}". Choose one of ${solvers.join(', ')}.`,
    );
  }
  return { batch, solver, accumulation, clips };
}

/** What `check` tells of a network. */
export interface CheckReport {
  name: string;
  /** Layers of the view and their parameters; null where errors keep the network from being read or placed. */
  layers: number | null;
  parameters: number | null;
  errors: number;
  warnings: number;
  problems: Omit<NetworkProblem, 'fix'>[];
}

/** Reads and judges a network; its mistakes are the answer, not an error. `classes` is the dataset's number of classes. */
export function checkRequested({
  network,
  width,
  height,
  classes = null,
  view = 'train',
}: DescribeRequest): CheckReport {
  const size = width && height ? { width, height } : null;
  const { spec, description, problems } = checkNetwork(networkText(network), { size, classes, view });
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  return {
    name: spec?.name ?? '',
    layers: description ? description.layers.length : null,
    parameters: description?.parameters ?? null,
    errors,
    warnings: problems.length - errors,
    problems: problems.map(({ fix: _fix, ...problem }) => problem),
  };
}
