// What a script or a form asks about a network: which one, how wide, at what size, in which view.
import { checkNetwork } from './check-network';
import { describeNetwork, type NetworkDescription } from './describe';
import type { NetView } from './net-state';
import type { NetworkProblem } from './problem';
import { readNetwork } from './read-network';
import { resizeNetwork } from './resize-network';
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
}

function sized(request: DescribeRequest) {
  const { network, classes = null, multiplier = 1, width, height } = request;
  const text = networkText(network);
  // What need not be changed is not touched: a network that cannot be resized can still be described.
  const prototxt =
    classes === null && multiplier === 1 ? text : resizeNetwork(text, { width: multiplier, classes });
  return { prototxt, size: width && height ? { width, height } : null };
}

/** @throws AppError 'bad-network' naming the line, 'bad-settings' for an impossible width */
export function describeRequested(request: DescribeRequest): NetworkDescription {
  const { prototxt, size } = sized(request);
  const spec = readNetwork(prototxt, request.view ?? 'train');
  return describeNetwork(spec, dataShape(spec, size));
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
