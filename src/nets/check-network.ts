// All that can be said against a network, for an editor to show as one types.
import { AppError } from '../core/errors';
import { unknownFields } from './check-fields';
import {
  doubleSoftmax,
  impliedOutputs,
  missingMeans,
  shiftedTwice,
  misplaced,
  mixedClasses,
  unreadBlobs,
  zeroWeights,
  type ReadNetwork,
} from './check-layers';
import { describeNetwork, type NetworkDescription } from './describe';
import { editBetween } from './edit-prototxt';
import type { Place } from './fields';
import type { NetView } from './net-state';
import type { NetworkProblem } from './problem';
import { surveyNetwork } from './read-network';
import { classCount, resizeNetwork } from './resize-network';
import { dataShape } from './place-layers';
import type { NetSketch } from './sketch';
import type { NetSpec } from './spec';

export interface CheckSettings {
  /** The image; null for the size that the file declares. */
  size: { width: number; height: number } | null;
  /** Classes of the dataset that the network is meant for; null for none in particular. */
  classes: number | null;
  view?: NetView;
}

export interface NetworkCheck {
  /** null where an error keeps it from being read. */
  spec: NetSpec | null;
  /** What can be drawn all the same; null where no layer is found. */
  sketch: NetSketch | null;
  /** null where it does not fit together at this size. */
  description: NetworkDescription | null;
  /** Errors first, each kind in the order of the text. */
  problems: NetworkProblem[];
  /** Where each layer of the view stands in the text. */
  places: Map<string, Place>;
}

/** Reads, places and judges a network. Never throws for bad input. */
export function checkNetwork(
  prototxt: string,
  { size, classes, view = 'train' }: CheckSettings,
): NetworkCheck {
  const { spec, sketch, problems, message, places } = surveyNetwork(prototxt, view);
  const found = message ? withMisspelt(problems, unknownFields(message)) : [...problems];
  let description: NetworkDescription | null = null;
  if (spec && message) {
    const net: ReadNetwork = { prototxt, message, spec, places };
    try {
      description = describeNetwork(spec, dataShape(spec, size));
    } catch (error) {
      found.push(placed(error, net));
    }
    found.push(...judge(net, classes));
  }
  const order = (problem: NetworkProblem) => (problem.severity === 'error' ? 0 : 1);
  found.sort((a, b) => order(a) - order(b) || a.line - b.line);
  return { spec, sketch, description, problems: found, places };
}

/** Both lists, with a field that is missing and one that is misspelt beside it as one error. */
function withMisspelt(problems: readonly NetworkProblem[], unknown: NetworkProblem[]): NetworkProblem[] {
  const rest = [...unknown];
  const errors = problems.map((problem) => {
    const missing = /^(\w+) is missing\.$/.exec(problem.message)?.[1];
    const { start = 0, end = 0 } = problem;
    const at = rest.findIndex(
      ({ start: place = -1, fix }) =>
        missing !== undefined && fix?.edits[0]?.insert === missing && place >= start && place < end,
    );
    const [misspelt] = at < 0 ? [] : rest.splice(at, 1);
    if (!misspelt) return problem;
    return {
      ...problem,
      ...misspelt,
      severity: problem.severity,
      message: `${misspelt.message.replace(/ here, so it does nothing/, ' here')} Without it ${problem.message}`,
    };
  });
  return [...errors, ...rest];
}

function judge(net: ReadNetwork, classes: number | null): NetworkProblem[] {
  const trains = net.spec.layers.some(({ type }) => type === 'SoftmaxWithLoss');
  return [
    // Without a loss it only runs, with weights from elsewhere.
    ...(trains ? zeroWeights(net) : []),
    ...missingMeans(net),
    ...impliedOutputs(net),
    ...mixedClasses(net),
    ...misplaced(net),
    ...unreadBlobs(net),
    ...doubleSoftmax(net),
    ...shiftedTwice(net),
    ...(classes === null ? [] : otherClasses(net, classes)),
  ];
}

/** The score has another number of classes than the dataset. */
function otherClasses({ prototxt, spec, places }: ReadNetwork, classes: number): NetworkProblem[] {
  try {
    const scored = classCount(spec);
    if (scored === classes) return [];
    const edits = editBetween(prototxt, resizeNetwork(prototxt, { width: 1, classes }));
    const loss = spec.layers.findLast(({ type }) => type === 'SoftmaxWithLoss') ?? spec.layers.at(-1)!;
    const scores = spec.layers.findLast(
      (layer) => 'numOutput' in layer && layer.numOutput === scored && layer.line <= loss.line,
    );
    const at = scores ?? loss;
    return [
      {
        severity: 'warning',
        layer: at.name,
        line: places.get(at.name)?.line ?? at.line,
        message: `The network scores ${scored} classes, the dataset has ${classes}.`,
        fix: { label: `Score ${classes} classes`, edits },
      },
    ];
  } catch (error) {
    return error instanceof AppError
      ? [{ severity: 'warning', line: 1, message: error.message }]
      : raise(error);
  }
}

/** An error of shapes, at the layer it names. */
function placed(error: unknown, { places, prototxt }: ReadNetwork): NetworkProblem {
  if (!(error instanceof AppError)) return raise(error);
  const layer = typeof error.details['layer'] === 'string' ? error.details['layer'] : undefined;
  const { line = 1, start = 0, end = 0 } = (layer === undefined ? undefined : places.get(layer)) ?? {};
  const lineEnd = prototxt.indexOf('\n', start);
  return {
    severity: 'error',
    message: error.message.replace(/^Line \d+: /, ''),
    line,
    ...(layer === undefined ? {} : { layer, start, end: Math.min(end, lineEnd < 0 ? end : lineEnd) }),
  };
}

function raise(error: unknown): never {
  throw error;
}
