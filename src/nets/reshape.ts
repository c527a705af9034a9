// Flatten and Reshape: other axes for the same values (Caffe, flatten_layer.cpp and reshape_layer.cpp).
import { canonicalAxis, failLayer, product } from './shapes';
import type { BlobShape, FlattenSpec, ReshapeSpec } from './spec';

/** Axes from `axis` to `endAxis` become one. @throws AppError 'bad-network' */
export function flattenedShape(layer: FlattenSpec, bottom: BlobShape): BlobShape {
  const first = canonicalAxis(layer.axis, bottom.length);
  const last = canonicalAxis(layer.endAxis, bottom.length);
  if (first < 0 || last < first)
    failLayer(
      layer,
      `axes ${layer.axis} to ${layer.endAxis} do not exist in a blob of ${bottom.length} axes.`,
    );
  return [...bottom.slice(0, first), product(bottom.slice(first, last + 1)), ...bottom.slice(last + 1)];
}

/** `dims` take the place of `numAxes` axes from `axis` on. @throws AppError 'bad-network' */
export function reshapedShape(layer: ReshapeSpec, bottom: BlobShape): BlobShape {
  const rank = bottom.length;
  // An axis of -1 is the place after the last (reshape_layer.cpp counts one further than elsewhere).
  const start = layer.axis < 0 ? rank + layer.axis + 1 : layer.axis;
  const end = layer.numAxes === -1 ? rank : start + layer.numAxes;
  if (start < 0 || start > rank || end > rank)
    failLayer(
      layer,
      `axis ${layer.axis} with ${layer.numAxes} axes does not exist in a blob of ${rank} axes.`,
    );
  const replaced = bottom.slice(start, end);
  const dims = layer.dims.map((dim, i) =>
    dim === 0
      ? (bottom[start + i] ?? failLayer(layer, `dim: 0 keeps an axis that the blob does not have.`))
      : dim,
  );
  if (dims.filter((dim) => dim === -1).length > 1) failLayer(layer, 'only one dim may be -1.');
  const rest = product(dims.filter((dim) => dim !== -1));
  const total = product(replaced);
  const shape = dims.map((dim) => (dim === -1 ? total / rest : dim));
  if (!shape.every((dim) => Number.isInteger(dim) && dim >= 1) || product(shape) !== total)
    failLayer(
      layer,
      `${layer.dims.join(' x ')} does not hold the ${total} values of ${replaced.join(' x ')}.`,
    );
  const out = [...bottom.slice(0, start), ...shape, ...bottom.slice(end)];
  return out.length > 4
    ? failLayer(layer, `its top has ${out.length} axes; Intarsia runs blobs of up to four.`)
    : out;
}
