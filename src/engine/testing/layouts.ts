// Caffe's N x C x H x W against the engine's N x H x W x C, for tests.

type Shape4D = [number, number, number, number];

/** N x C x H x W as N x H x W x C. */
export function nhwcFromNchw(
  data: ArrayLike<number>,
  [n, c, h, w]: readonly number[],
): { data: Float32Array; shape: Shape4D } {
  const out = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < n!; i++)
    for (let y = 0; y < h!; y++)
      for (let x = 0; x < w!; x++)
        for (let k = 0; k < c!; k++) out[at++] = data[((i * c! + k) * h! + y) * w! + x]!;
  return { data: out, shape: [n!, h!, w!, c!] };
}

/** N x H x W x C as N x C x H x W. */
export function nchwFromNhwc(data: ArrayLike<number>, [n, h, w, c]: readonly number[]): Float32Array {
  const out = new Float32Array(data.length);
  let at = 0;
  for (let i = 0; i < n!; i++)
    for (let k = 0; k < c!; k++)
      for (let y = 0; y < h!; y++)
        for (let x = 0; x < w!; x++) out[at++] = data[((i * h! + y) * w! + x) * c! + k]!;
  return out;
}
