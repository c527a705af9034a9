// From a prototxt to a NetSpec: the layers of one view, checked against each other.
import { AppError } from '../core/errors';
import { parsePrototxt, type PrototxtMessage } from '../formats/prototxt';
import { nearest } from './check-fields';
import { failAt, Fields, NetworkFault, writeInstead, type Place } from './fields';
import { missingBrace } from './missing-brace';
import { isIncluded, type NetView } from './net-state';
import type { NetworkProblem } from './problem';
import { dataLayerInputs, networkInputs, withRole } from './read-inputs';
import { isDataLayer, layerEntry, readLayer, runs } from './read-layer';
import { unreadLayer, type NetSketch, type SketchLayer } from './sketch';
import type { InputSpec, LayerSpec, NetSpec } from './spec';

/** A network read as far as it can be. */
export interface NetworkReading {
  /** null where a problem is an error. */
  spec: NetSpec | null;
  /** What can be drawn, whatever is wrong with it; null where no layer is found. */
  sketch: NetSketch | null;
  problems: NetworkProblem[];
  /** The text as fields; null where it cannot be parsed. */
  message: PrototxtMessage | null;
  /** Where each layer of the view stands in the text; data layers too. */
  places: Map<string, Place>;
}

/** What an AppError of this room says, as a problem. */
function problemOf(error: unknown, layer?: string): NetworkProblem {
  if (!(error instanceof AppError)) throw error;
  const { line, start, end } = error.details;
  const place = typeof start === 'number' && typeof end === 'number' ? { start, end } : {};
  return {
    severity: 'error',
    message: error.message.replace(/^Line \d+: /, ''),
    line: typeof line === 'number' ? line : 1,
    ...place,
    ...(layer === undefined ? {} : { layer }),
    ...(error instanceof NetworkFault && error.fix ? { fix: error.fix } : {}),
  };
}

/** Reads one view of a network and collects what is wrong with it, in the order of the text. Never throws for bad input. */
export function surveyNetwork(prototxt: string, view: NetView = 'train'): NetworkReading {
  const problems: NetworkProblem[] = [];
  const places = new Map<string, Place>();
  const attempt = <Result>(layer: string | undefined, body: () => Result): Result | null => {
    try {
      return body();
    } catch (error) {
      problems.push(problemOf(error, layer));
      return null;
    }
  };
  const message = attempt(undefined, () => parsePrototxt(prototxt));
  const brace = !message && /[{<]/.test(prototxt[problems[0]?.start ?? -1] ?? '') && missingBrace(prototxt);
  if (brace) problems[0] = brace;
  if (!message) return { spec: null, sketch: null, problems, message, places };
  const net = new Fields(message);
  const layers: LayerSpec[] = [];
  const drawn: SketchLayer[] = [];
  const inputs: Omit<InputSpec, 'role'>[] = attempt(undefined, () => networkInputs(net)) ?? [];
  const graph = new Graph(inputs.map(({ name }) => name));
  for (const { fields, old } of layerMessages(net, message)) {
    attempt(nameOf(fields), () => {
      const entry = layerEntry(fields, old);
      if (!isIncluded(fields, view)) return;
      const unique = !places.has(entry.name);
      places.set(entry.name, fields.place);
      if (isDataLayer(entry)) {
        const own = dataLayerInputs(entry);
        inputs.push(...own);
        own.forEach(({ name }) => graph.made.add(name));
      } else {
        const place = drawn.push(unreadLayer(entry)) - 1;
        try {
          const layer = readLayer(entry);
          layers.push(layer);
          drawn[place] = layer;
          graph.add(layer, fields);
        } finally {
          // A layer with a fault still makes its tops, so that its readers are not blamed.
          graph.promise(
            fields.all('top').flatMap(({ value }) => (value.kind === 'string' ? [value.text] : [])),
          );
        }
      }
      if (!unique) fields.fail(`there are two layers named "${entry.name}".`);
    });
  }
  problems
    .filter(({ message }) => message.endsWith(runs))
    .slice(1)
    .forEach((problem) => {
      problem.message = problem.message.slice(0, -runs.length).trimEnd();
    });
  if (!layers.length && !problems.length) {
    problems.push({ severity: 'error', line: 1, message: emptyMessage(net, view) });
  }
  const implied = graph.implied.map((name) => ({ name, line: 1, shape: null }));
  const allInputs = [...inputs, ...implied].map((input) => withRole(input, layers));
  const sketch = drawn.length ? { inputs: allInputs, layers: drawn } : null;
  const name = attempt(undefined, () => net.string('name', '')) ?? '';
  const spec = problems.length ? null : { name, inputs: allInputs, layers };
  return { spec, sketch, problems, message, places };
}

/**
 * Reads and validates one view of a network: as it trains unless said otherwise.
 * @throws AppError 'bad-network' naming the line; its details hold line, start and end.
 */
export function readNetwork(prototxt: string, view: NetView = 'train'): NetSpec {
  const { spec, problems } = surveyNetwork(prototxt, view);
  if (spec) return spec;
  const { line, message, start = 0, end = 0 } = problems[0]!;
  return failAt({ line, start, end }, message);
}

function* layerMessages(net: Fields, message: PrototxtMessage) {
  for (const field of message.fields) {
    if (field.name !== 'layer' && field.name !== 'layers') continue;
    const old = field.name === 'layers';
    yield {
      old,
      fields: field.value.kind === 'message' ? new Fields(field.value, field) : net.of(field.name),
    };
  }
}

function nameOf(fields: Fields): string | undefined {
  const value = fields.all('name').at(-1)?.value;
  return value?.kind === 'string' ? value.text : undefined;
}

function emptyMessage(net: Fields, view: NetView): string {
  if (net.has('layer') || net.has('layers')) return `no layer of it belongs to the ${view} view.`;
  return ['base_lr', 'train_net', 'net', 'test_iter', 'solver_mode'].some((name) => net.has(name))
    ? 'this is a solver, not a network. Open the file that its "net" or "train_net" line names.'
    : 'there is no "layer { ... }" in it.';
}

/** Which blobs are there as one layer after another is read. */
class Graph {
  readonly made: Set<string>;
  /** "data" and "label" are inputs even where nothing declares them. */
  readonly implied: string[] = [];
  readonly #promised = new Set<string>();

  constructor(inputs: readonly string[]) {
    this.made = new Set(inputs);
  }

  promise(tops: readonly string[]): void {
    tops.forEach((top) => this.#promised.add(top));
  }

  add(layer: LayerSpec, fields: Fields): void {
    for (const [i, bottom] of layer.bottoms.entries()) {
      if (this.made.has(bottom) || this.#promised.has(bottom)) continue;
      if (bottom === 'data' || bottom === 'label') {
        this.made.add(bottom);
        this.implied.push(bottom);
      } else {
        const field = fields.all('bottom')[i]!;
        const meant = nearest(bottom, [...this.made]);
        failAt(
          field,
          `layer "${layer.name}" reads the blob "${bottom}", which no layer before it makes.` +
            (meant === undefined ? '' : ` Did you mean "${meant}"?`),
          meant === undefined ? undefined : writeInstead(field.value, meant),
        );
      }
    }
    for (const [i, top] of layer.tops.entries()) {
      if (this.made.has(top) && !layer.bottoms.includes(top)) {
        failAt(
          fields.all('top')[i]!,
          `layer "${layer.name}" writes the blob "${top}", which another layer made already.`,
        );
      }
    }
    layer.tops.forEach((top) => this.made.add(top));
  }
}
