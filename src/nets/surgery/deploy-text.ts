// A network as other programs deploy it: an input of a size, the scores, and nothing that needs labels.
import { blobGraph } from '../blob-graph';
import type { NetView } from '../net-state';
import { surveyNetwork } from '../read-network';
import { dataShape } from '../place-layers';
import type { NetSpec, PixelTransform } from '../spec';
import { mainScores } from './classifier';
import { shapeText } from './input-size';
import { inView, keyOf, keyOfText, netText } from './layer-text';
import { SurgeryRecord } from './record';
import { readViews } from './views';
import { quoteString } from '../../formats/prototxt-strings';
import { fieldsOf, removeField } from '../edit-prototxt';

/**
 * The deploy view as a text of its own, which Caffe and OpenCV read: the image is declared with a size; labels, losses and the rules of
 * other views are gone. Where the text has no deploy view, the one that trains is taken. A Softmax of that view stays. What a data layer did
 * to the pixels is said by an Input layer: other programs pass over it, and whoever calls them does it, but read again it is done here.
 * @param size of the image; null for what the file declares.
 * @throws AppError 'bad-network'
 */
export function deployText(prototxt: string, size: { width: number; height: number } | null): string {
  const { view, spec } = deployed(prototxt);
  const net = netText(prototxt);
  const record = new SurgeryRecord(net);
  const keep = layersOfScores(spec);
  for (const layer of net.layers) {
    if (!inView(layer, view) || !keep.has(keyOfText(layer))) {
      record.remove(layer, 'It is not deployed.');
      continue;
    }
    const rules = [...fieldsOf(layer.message, 'include'), ...fieldsOf(layer.message, 'exclude')];
    if (rules.length)
      record.change(
        layer,
        rules.map((field) => removeField(prototxt, field)),
        'There is one view left.',
      );
  }
  for (const name of ['input', 'input_shape', 'input_dim'])
    for (const [i, field] of fieldsOf(net.message, name).entries())
      // The elements of a list share a span.
      if (fieldsOf(net.message, name)[i - 1]?.start !== field.start)
        record.edit(removeField(prototxt, field));
  const name = fieldsOf(net.message, 'name').at(-1);
  const { prototxt: body } = record.finish();
  const read = new Set(
    spec.layers.filter((layer) => keep.has(keyOf(layer))).flatMap(({ bottoms }) => bottoms),
  );
  const images = spec.inputs.filter((input) => read.has(input.name));
  const input = images
    .map((image) => {
      const shape = shapeText(dataShape({ ...spec, inputs: [image] }, size));
      // Layers of the old form cannot stand beside those of the new one.
      return image.transform && !fieldsOf(net.message, 'layers').length
        ? inputLayer(image.name, shape, image.transform)
        : `input: ${quoteString(image.name)}\ninput_${shape}\n`;
    })
    .join('');
  if (!name) return input + body;
  const at = body.indexOf(prototxt.slice(name.start, name.end)) + name.end - name.start;
  const line = body.indexOf('\n', at);
  return line < 0 ? `${body}\n${input}` : body.slice(0, line + 1) + input + body.slice(line + 1);
}

function inputLayer(name: string, shape: string, { mean, scale }: PixelTransform): string {
  const values = mean.filter(() => mean.some((value) => value !== 0)).map((value) => `mean_value: ${value} `);
  const transform = `${values.join('')}${scale === 1 ? '' : `scale: ${scale} `}`;
  return `layer {
  name: ${quoteString(name)}
  type: "Input"
  top: ${quoteString(name)}
  input_param { ${shape} }
  transform_param { ${transform}}
}
`;
}

/** The deploy view, or the first that the text has. */
function deployed(prototxt: string): { view: NetView; spec: NetSpec } {
  const { spec } = surveyNetwork(prototxt, 'deploy');
  return spec ? { view: 'deploy', spec } : readViews(prototxt)[0]!;
}

/** The layers on which the scores depend, and those that only make them probabilities; by their keys. */
function layersOfScores(spec: NetSpec): Set<string> {
  const graph = blobGraph(spec);
  const wanted = new Set([mainScores(spec, graph).scores]);
  spec.layers.forEach(({ type }, i) => {
    if (type === 'Softmax' && wanted.has(graph.layers[i]!.bottoms[0]!)) wanted.add(graph.layers[i]!.tops[0]!);
  });
  const keys = new Set<string>();
  for (let i = spec.layers.length - 1; i >= 0; i--) {
    const { bottoms, tops } = graph.layers[i]!;
    if (!tops.some((top) => wanted.has(top))) continue;
    keys.add(keyOf(spec.layers[i]!));
    bottoms.forEach((bottom) => wanted.add(bottom));
  }
  return keys;
}
