// What goes into a network: data layers, Input layers, and the older `input` lines.
import type { Fields } from './fields';
import type { LayerEntry } from './read-layer';
import type { InputSpec, LayerSpec, PixelTransform } from './spec';

type Input = Omit<InputSpec, 'role'>;

/** `input: "data"` with `input_shape { dim ... }` or four `input_dim` each. */
export function networkInputs(net: Fields): Input[] {
  const names = net.strings('input');
  const places = net.all('input');
  const shapes = net.messages('input_shape').map((shape) => readDims(shape));
  const dims = net.numbers('input_dim');
  if (dims.length && dims.length !== 4 * names.length)
    net.fail(
      `there are ${dims.length} input_dim for ${names.length} inputs; each needs 4.`,
      net.all('input_dim')[0],
    );
  return names.map((name, i) => ({
    name,
    line: places[i]!.line,
    shape: shapes[i] ?? (dims.length ? dims.slice(4 * i, 4 * i + 4) : null),
  }));
}

/** The tops of a data layer, with the shape where the layer tells it. */
export function dataLayerInputs({ type, fields }: LayerEntry): Input[] {
  const tops = fields.strings('top');
  const shapes = declaredShapes(type, fields, tops.length);
  const transform = pixelTransform(type, fields);
  return tops.map((name, i) => ({
    name,
    line: fields.place.line,
    shape: shapes[i] ?? null,
    // Only the first top is pixels; the others are labels.
    ...(transform && i === 0 ? { transform } : {}),
  }));
}

/** The data layers' own fields, which in the oldest files hold what transform_param does today. */
const ownFields: Readonly<Record<string, string>> = {
  Data: 'data_param',
  ImageData: 'image_data_param',
  WindowData: 'window_data_param',
};

function pixelTransform(type: string, layer: Fields): PixelTransform | null {
  const transform = layer.of('transform_param');
  const own = ownFields[type];
  const scale = transform.number('scale', own ? layer.of(own).number('scale', 1) : 1);
  const mean = transform.numbers('mean_value');
  return mean.length || scale !== 1 ? { mean: mean.length ? mean : [0], scale } : null;
}

function readDims(shape: Fields): number[] {
  const dims = shape.numbers('dim');
  if (dims.length > 4) shape.fail(`a blob of ${dims.length} axes; Intarsia runs blobs of up to four.`);
  if (!dims.every((dim) => Number.isInteger(dim) && dim >= 1 && dim < 2 ** 31))
    shape.fail(`the lengths of a blob are whole numbers from 1, not ${dims.join(', ')}.`);
  return dims;
}

/** The shapes of a data layer's tops as far as its parameters tell them; the first is the image's. */
function declaredShapes(type: string, layer: Fields, tops: number): (number[] | null)[] {
  if (type === 'Input' || type === 'DummyData') {
    const own = layer.of(type === 'Input' ? 'input_param' : 'dummy_data_param');
    const shapes = own.messages('shape').map(readDims);
    if (shapes.length) return Array.from({ length: tops }, (_, i) => shapes[i] ?? shapes.at(-1)!);
    const [num, channels, height, width] = ['num', 'channels', 'height', 'width'].map((name) =>
      own.numbers(name),
    );
    const at = (list: number[] | undefined, i: number) => list?.[i] ?? list?.[0] ?? 1;
    if (!num?.length) return [];
    return Array.from({ length: tops }, (_, i) => [at(num, i), at(channels, i), at(height, i), at(width, i)]);
  }
  if (type === 'MemoryData') {
    const own = layer.of('memory_data_param');
    return [['batch_size', 'channels', 'height', 'width'].map((name) => own.whole(name, 1, 1))];
  }
  const transform = layer.of('transform_param');
  const field = ownFields[type];
  if (!field) return [];
  const own = layer.of(field);
  const crop = transform.number('crop_size', own.number('crop_size', 0));
  const [height, width] = crop
    ? [crop, crop]
    : type === 'ImageData'
      ? [own.number('new_height', 0), own.number('new_width', 0)]
      : [0, 0];
  const grey =
    transform.boolean('force_gray', false) || (type === 'ImageData' && !own.boolean('is_color', true));
  return height && width ? [[own.whole('batch_size', 1, 1), grey ? 1 : 3, height, width]] : [];
}

/** An input that losses and accuracies read as their second bottom, and nothing else reads, is a label. */
export function withRole(input: Input, layers: readonly LayerSpec[]): InputSpec {
  const asLabel = (layer: LayerSpec) =>
    (layer.type === 'SoftmaxWithLoss' || layer.type === 'Accuracy') && layer.bottoms[1] === input.name;
  const readers = layers.filter(({ bottoms }) => bottoms.includes(input.name));
  const isLabel = readers.length
    ? readers.every((layer) => asLabel(layer) || layer.type === 'Silence') && readers.some(asLabel)
    : input.name === 'label';
  return { ...input, role: isLabel ? 'label' : 'image' };
}
