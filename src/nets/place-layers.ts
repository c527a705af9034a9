// A whole network at an input size: every blob's shape, and the blobs it learns.
import { failLayer, parameterShapes, product, shapeText, topShapes } from './shapes';
import type { BlobShape, LayerSpec, NetSpec, Shape } from './spec';

/** One layer of a network at an input size. */
export interface PlacedLayer {
  layer: LayerSpec;
  bottoms: BlobShape[];
  tops: BlobShape[];
  parameters: number[][];
}

/**
 * The shape of the network's image at a size, or at the size that the file declares: N x C x H x W. Channels are the file's, or 3.
 * Without either, 224 x 224.
 */
export function dataShape(spec: NetSpec, size: { width: number; height: number } | null, batch = 1): Shape {
  const declared = spec.inputs.find(({ role, shape }) => role === 'image' && shape?.length === 4)?.shape;
  const [, channels = 3, height = 224, width = 224] = declared ?? [];
  return [batch, channels, size?.height ?? height, size?.width ?? width];
}

/**
 * Runs through a network with shapes alone.
 * @param data N x C x H x W of the image; every input that is an image gets it, with the channels that the file declares.
 * @throws AppError 'bad-network' where the layers do not fit together at this size.
 */
export function placeLayers(spec: NetSpec, data: Shape): PlacedLayer[] {
  const blobs = new Map<string, BlobShape>();
  for (const { name, shape, role } of spec.inputs) {
    if (role === 'label') blobs.set(name, [data[0], 1, data[2], data[3]]);
    else if (shape && shape.length !== 4) blobs.set(name, shape);
    else blobs.set(name, [data[0], shape?.[1] ?? data[1], data[2], data[3]]);
  }
  return spec.layers.map((layer) => {
    const bottoms = layer.bottoms.map((name) => blobs.get(name)!);
    const tops = topShapes(layer, bottoms);
    if (layer.type === 'SoftmaxWithLoss' || layer.type === 'Accuracy') checkLabels(layer, bottoms[0]!, data);
    layer.tops.forEach((top, i) => blobs.set(top, tops[i]!));
    return { layer, bottoms, tops, parameters: parameterShapes(layer, bottoms) };
  });
}

/** Scores of every pixel need the image's size, or there is no label for each; scores of the whole image have one label each. */
function checkLabels(layer: LayerSpec, [, , height = 1, width = 1]: BlobShape, data: Shape): void {
  if ((height === 1 && width === 1) || (height === data[2] && width === data[3])) return;
  failLayer(
    layer,
    `the scores are ${width} x ${height}, the labels ${data[3]} x ${data[2]}; they must agree. ` +
      'A Deconvolution and a Crop to "data" bring scores to the size of the image.',
  );
}

/** For each learned blob of each layer ("b/0") the blob that holds its values ("a/0"): itself, unless a `param` name is shared. */
export function blobOwners(spec: NetSpec, placed = placeLayers(spec, anySize(spec))): Map<string, string> {
  const owners = new Map<string, string>();
  const named = new Map<string, string>();
  for (const { layer, parameters } of placed) {
    parameters.forEach((_, i) => {
      const own = `${layer.name}/${i}`;
      const shared = layer.params[i]?.name;
      if (shared && !named.has(shared)) named.set(shared, own);
      owners.set(own, shared ? named.get(shared)! : own);
    });
  }
  return owners;
}

/** A size at which every network works: as the file declares, or large. Fully convolutional weights depend on none. */
export function anySize(spec: NetSpec): Shape {
  const declared = spec.inputs.some(({ role, shape }) => role === 'image' && shape?.length === 4);
  return dataShape(spec, declared || hasInnerProduct(spec) ? null : { width: 512, height: 512 });
}

const hasInnerProduct = (spec: NetSpec) => spec.layers.some(({ type }) => type === 'InnerProduct');

/** Every blob a network learns or keeps fixed, with the shape it must have; shared blobs under their owner's name. */
export function expectedShapes(spec: NetSpec): Map<string, number[]> {
  const placed = placeLayers(spec, anySize(spec));
  const owners = blobOwners(spec, placed);
  const shapes = new Map<string, number[]>();
  for (const { layer, parameters } of placed) {
    parameters.forEach((shape, i) => {
      const own = `${layer.name}/${i}`;
      const owner = owners.get(own)!;
      const held = shapes.get(owner);
      if (!held) shapes.set(owner, shape);
      else if (product(held) !== product(shape))
        failLayer(
          layer,
          `it shares ${owner}, which is ${shapeText(held)}, but its own would be ${shapeText(shape)}.`,
        );
    });
  }
  return shapes;
}
