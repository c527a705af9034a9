// What is hardly ever meant in a network that can run: weights that stay zero, crops beside the point, blobs nobody reads.
import type { PrototxtMessage } from '../formats/prototxt';
import { blobGraph } from './blob-graph';
import { appendField, lastField, layerMessages, layerName, setField, subMessage } from './edit-prototxt';
import type { Place } from './fields';
import { cropChecks, layerPlaces } from './layer-places';
import type { NetworkProblem } from './problem';
import { layerTypes } from './schema';
import type { ConvolutionSpec, Filler, InnerProductSpec, LayerSpec, NetSpec } from './spec';

/** A network as text and as what was read from it. */
export interface ReadNetwork {
  prototxt: string;
  message: PrototxtMessage;
  spec: NetSpec;
  places: ReadonlyMap<string, Place>;
}

type Fix = NonNullable<NetworkProblem['fix']>;

function warn(net: ReadNetwork, layer: LayerSpec, message: string, fix?: Fix): NetworkProblem {
  const { line, start, end } = net.places.get(layer.name) ?? { line: layer.line, start: 0, end: 0 };
  const place = { line, start, end: Math.min(end, firstLineEnd(net.prototxt, start)) };
  return { severity: 'warning', message, layer: layer.name, ...place, ...(fix ? { fix } : {}) };
}

/** A whole layer underlined would hide its text: its first line stands for it. */
function firstLineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

const listed = new WeakMap<ReadNetwork, ReturnType<typeof layerMessages>>();

/** The layers of the text. A prototxt reads them anew whenever it is asked, so they are kept while the network is. */
function messagesOf(net: ReadNetwork): ReturnType<typeof layerMessages> {
  const messages = listed.get(net) ?? layerMessages(net.message);
  listed.set(net, messages);
  return messages;
}

/** The message that holds a layer's parameters ("convolution_param"), of the definition at the layer's line. */
function parametersOf(net: ReadNetwork, layer: LayerSpec): PrototxtMessage | undefined {
  const found = messagesOf(net).find(
    ({ field, layer: message }) => field.line === layer.line && layerName(message) === layer.name,
  );
  const name = layerTypes[layer.type];
  return found && name ? subMessage(found.layer, name) : undefined;
}

const isZero = (filler: Filler) =>
  (filler.type === 'constant' && filler.value === 0) ||
  (filler.type === 'gaussian' && filler.mean === 0 && filler.std === 0) ||
  (filler.type === 'uniform' && filler.min === 0 && filler.max === 0);

const hasWeights = (layer: LayerSpec): layer is ConvolutionSpec | InnerProductSpec =>
  layer.type === 'Convolution' || layer.type === 'Deconvolution' || layer.type === 'InnerProduct';

/** Layers whose weights begin at zero: whatever they read, they score nothing, and no gradient passes through them. */
export function zeroWeights(net: ReadNetwork): NetworkProblem[] {
  return net.spec.layers.filter(hasWeights).flatMap((layer) => {
    if (!isZero(layer.weightFiller)) return [];
    const parameters = parametersOf(net, layer);
    const fix = (type: string): Fix | undefined =>
      parameters && {
        label: `Add ${type === 'msra' ? 'an' : 'a'} ${type} filler`,
        edits: [fillerEdit(net.prototxt, parameters, type)],
      };
    if (layer.type === 'Deconvolution') {
      const frozen = layer.params[0]?.lrMult === 0;
      return [
        warn(
          net,
          layer,
          `"${layer.name}" has no filler, so its weights are zero${frozen ? ' and, with lr_mult: 0, stay zero' : ''}: ` +
            'unless weights are loaded, every score after it is zero.',
          fix('bilinear'),
        ),
      ];
    }
    return [
      warn(
        net,
        layer,
        `"${layer.name}" has no filler, so all its weights begin at zero: unless weights are loaded, nothing before it learns.`,
        fix('msra'),
      ),
    ];
  });
}

function fillerEdit(prototxt: string, parameters: PrototxtMessage, type: string) {
  const filler = subMessage(parameters, 'weight_filler');
  return filler
    ? { start: filler.start, end: filler.end, insert: `{ type: "${type}" }` }
    : appendField(prototxt, parameters, `weight_filler { type: "${type}" }`);
}

/** A data layer's mean file lies on the disk of whoever wrote the network. */
export function missingMeans(net: ReadNetwork): NetworkProblem[] {
  return messagesOf(net).flatMap(({ field, layer }): NetworkProblem[] => {
    if (!net.places.has(layerName(layer))) return [];
    const file = ['transform_param', 'data_param', 'image_data_param']
      .map((name) => subMessage(layer, name))
      .flatMap((message) => (message ? (lastField(message, 'mean_file') ?? []) : []))[0];
    if (!file) return [];
    const { line, start, end } = file;
    return [
      {
        severity: 'warning',
        layer: layerName(layer),
        line,
        start,
        end,
        message: `The mean of "${layerName(layer)}" is in a file beside the network, so it is not subtracted. Drop that file here, and its means are written in its place (line ${field.line}).`,
      },
    ];
  });
}

/** DIGITS fills in the number of classes where an InnerProduct has no num_output. */
export function impliedOutputs(net: ReadNetwork): NetworkProblem[] {
  return net.spec.layers.flatMap((layer) => {
    if (layer.type !== 'InnerProduct') return [];
    const parameters = parametersOf(net, layer);
    if (parameters && lastField(parameters, 'num_output')) return [];
    return [
      warn(
        net,
        layer,
        `"${layer.name}" has no num_output. DIGITS puts a dataset's number of classes there; until then it counts as ${layer.numOutput}.`,
        parameters && {
          label: `Write num_output: ${layer.numOutput}`,
          edits: [appendField(net.prototxt, parameters, `num_output: ${layer.numOutput}`)],
        },
      ),
    ];
  });
}

/** Caffe's bilinear filler writes the kernel into every pair of channels; without groups the classes would run into each other. */
export function mixedClasses(net: ReadNetwork): NetworkProblem[] {
  return net.spec.layers.flatMap((layer) => {
    const mixes =
      layer.type === 'Deconvolution' &&
      layer.weightFiller.type === 'bilinear' &&
      layer.group === 1 &&
      layer.numOutput > 1;
    if (!mixes) return [];
    const parameters = parametersOf(net, layer);
    return [
      warn(
        net,
        layer,
        `"${layer.name}" is bilinear without groups. Intarsia upsamples each class by itself; Caffe would mix all of them.`,
        parameters && {
          label: `Add group: ${layer.numOutput}`,
          edits: [setField(net.prototxt, parameters, 'group', String(layer.numOutput))],
        },
      ),
    ];
  });
}

/** Crops whose offset is not the one that lays the first bottom over the second, and joins of blobs that lie apart. */
export function misplaced(net: ReadNetwork): NetworkProblem[] {
  const byName = new Map(net.spec.layers.map((layer) => [layer.name, layer]));
  const crops = cropChecks(net.spec).flatMap(({ layer: name, given, computed }) => {
    const layer = byName.get(name)!;
    if (!computed) return [];
    const wanted = computed.every((offset) => offset === computed[0]) ? computed.slice(0, 1) : computed;
    if (computed.every((offset, i) => offset === (given[i] ?? given[0]))) return [];
    const parameters = parametersOf(net, layer);
    const offset = parameters && lastField(parameters, 'offset');
    const place = offset ? { line: offset.line, start: offset.start, end: offset.end } : {};
    return [
      {
        ...warn(
          net,
          layer,
          `"${name}" crops from ${given.join(', ')} on, but "${layer.bottoms[0]}" lies over "${layer.bottoms[1]}" from ${wanted.join(', ')} on.`,
          parameters && wanted.length === 1 && given.length === 1
            ? {
                label: `Crop from ${wanted[0]}`,
                edits: [setField(net.prototxt, parameters, 'offset', String(wanted[0]))],
              }
            : undefined,
        ),
        ...place,
      },
    ];
  });
  // A crop that is beside the point moves all that it feeds: one cause, one warning.
  if (crops.length) return crops.slice(0, 1);
  const apart = layerPlaces(net.spec).disagreements;
  return apart.map(({ layer, message }) => warn(net, byName.get(layer)!, capital(message)));
}

const capital = (text: string) => text[0]!.toUpperCase() + text.slice(1);

/** Tops and inputs that no layer reads, but for what the network is there to give. */
export function unreadBlobs(net: ReadNetwork): NetworkProblem[] {
  const { spec } = net;
  const graph = blobGraph(spec);
  const read = new Set(graph.layers.flatMap(({ bottoms }) => bottoms));
  const loss = spec.layers.some(({ type }) => type === 'SoftmaxWithLoss');
  const results = new Set<LayerSpec['type']>(['SoftmaxWithLoss', 'Accuracy', 'Softmax']);
  return graph.values.flatMap(({ name, maker }, value): NetworkProblem[] => {
    if (read.has(value)) return [];
    if (!maker) {
      const { line, role } = spec.inputs[value]!;
      return role === 'label'
        ? []
        : [{ severity: 'warning', line, message: `No layer reads the input "${name}".` }];
    }
    const isOutput = loss ? results.has(maker.layer.type) : value === graph.values.length - 1;
    if (isOutput || (!loss && results.has(maker.layer.type))) return [];
    return [
      warn(
        net,
        maker.layer,
        `No layer reads the blob "${name}", so "${maker.layer.name}" works for nothing.`,
      ),
    ];
  });
}

/** A layer that shifts the pixels although their data layer took a mean away. */
export function shiftedTwice(net: ReadNetwork): NetworkProblem[] {
  const graph = blobGraph(net.spec);
  return net.spec.layers.flatMap((layer, i) => {
    if (layer.type !== 'Power' || layer.shift >= 0) return [];
    const input = net.spec.inputs[graph.layers[i]!.bottoms[0]!];
    if (!input?.transform?.mean.some((mean) => mean !== 0)) return [];
    return [
      warn(
        net,
        layer,
        `The data layer takes a mean away, and "${layer.name}" takes away ${-layer.shift} once more. One of them is enough.`,
      ),
    ];
  });
}

/** A softmax before the softmax loss: applied twice, it hardly lets a gradient through. */
export function doubleSoftmax(net: ReadNetwork): NetworkProblem[] {
  const graph = blobGraph(net.spec);
  return net.spec.layers.flatMap((layer, i) => {
    if (layer.type !== 'SoftmaxWithLoss') return [];
    const scores = graph.values[graph.layers[i]!.bottoms[0]!]!.maker?.layer;
    return scores?.type === 'Softmax'
      ? [
          warn(
            net,
            layer,
            `"${layer.name}" applies the softmax itself, and "${scores.name}" applied it before. Let it read "${scores.bottoms[0]}".`,
          ),
        ]
      : [];
  });
}
