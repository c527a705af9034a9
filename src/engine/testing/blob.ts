// Blobs in float64 and Caffe's order, of any number of axes, for tests.

export interface Blob {
  shape: readonly number[];
  data: Float64Array;
}

export type Index = readonly number[];

export const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Where an index lies in a blob's data. */
export const offset = (shape: readonly number[], index: Index) =>
  shape.reduce((at, length, axis) => at * length + index[axis]!, 0);

export const valueAt = ({ shape, data }: Blob, index: Index) => data[offset(shape, index)]!;

/** Every index of a shape, the last axis fastest. */
export function* indices(shape: readonly number[]): Generator<Index> {
  const size = sizeOf(shape);
  const index = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    yield [...index];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < shape[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** A blob whose values are a function of their index. */
export function makeBlob(shape: readonly number[], at: (index: Index) => number): Blob {
  const data = new Float64Array(sizeOf(shape));
  let i = 0;
  for (const index of indices(shape)) data[i++] = at(index);
  return { shape, data };
}

/** A blob of the same shape, value by value. */
export const mapBlob = ({ shape, data }: Blob, value: (v: number, i: number) => number): Blob => ({
  shape,
  data: data.map(value),
});

/** The shape with ones after it, so that it has four axes. */
export const fourAxes = (shape: readonly number[]) =>
  [0, 1, 2, 3].map((axis) => shape[axis] ?? 1) as [number, number, number, number];
