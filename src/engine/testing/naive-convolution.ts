// A convolution and both its gradients by their definition, in float64, for channels last: every product of a value and a weight, one by one.

export interface Convolution {
  batch: number;
  image: readonly [number, number];
  filter: readonly [number, number];
  stride: readonly [number, number];
  /** Rows above and below, columns left and right of the image. */
  pad: readonly [top: number, bottom: number, left: number, right: number];
  dilation: readonly [number, number];
  groups: number;
  /** Channels of one group that come in, and that go out. */
  inputs: number;
  outputs: number;
}

export interface ConvolutionShapes {
  x: [number, number, number, number];
  /** KH x KW x I/group x O */
  w: [number, number, number, number];
  y: [number, number, number, number];
}

/** The shapes of a convolution's tensors; rows and columns of the output are less than 1 where the filter does not fit. */
export function shapesOf(conv: Convolution): ConvolutionShapes {
  const { batch, image, filter, stride, pad, dilation, groups, inputs, outputs } = conv;
  const length = (axis: 0 | 1) => {
    const padded = image[axis] + pad[2 * axis]! + pad[2 * axis + 1]!;
    return Math.floor((padded - dilation[axis] * (filter[axis] - 1) - 1) / stride[axis]) + 1;
  };
  return {
    x: [batch, image[0], image[1], inputs * groups],
    w: [filter[0], filter[1], inputs, outputs * groups],
    y: [batch, length(0), length(1), outputs * groups],
  };
}

/** Calls `visit` with the places of a value of x, a weight and the value of y to which their product belongs. */
function eachTerm(conv: Convolution, visit: (xAt: number, wAt: number, yAt: number) => void): void {
  const { x, w, y } = shapesOf(conv);
  const { stride, pad, dilation, inputs, outputs } = conv;
  for (let n = 0, yAt = 0; n < y[0]; n++)
    for (let row = 0; row < y[1]; row++)
      for (let column = 0; column < y[2]; column++)
        for (let o = 0; o < y[3]; o++, yAt++)
          for (let r = 0; r < w[0]; r++)
            for (let s = 0; s < w[1]; s++) {
              const h = row * stride[0] - pad[0] + r * dilation[0];
              const v = column * stride[1] - pad[2] + s * dilation[1];
              if (h < 0 || h >= x[1] || v < 0 || v >= x[2]) continue;
              const first = Math.floor(o / outputs) * inputs;
              for (let i = 0; i < inputs; i++)
                visit(
                  ((n * x[1] + h) * x[2] + v) * x[3] + first + i,
                  ((r * w[1] + s) * inputs + i) * w[3] + o,
                  yAt,
                );
            }
}

const zeros = (shape: readonly number[]) => new Float64Array(shape.reduce((a, b) => a * b, 1));

export function naiveForward(conv: Convolution, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const y = zeros(shapesOf(conv).y);
  eachTerm(conv, (xAt, wAt, yAt) => (y[yAt]! += x[xAt]! * w[wAt]!));
  return y;
}

export function naiveBackpropInput(
  conv: Convolution,
  dy: ArrayLike<number>,
  w: ArrayLike<number>,
): Float64Array {
  const dx = zeros(shapesOf(conv).x);
  eachTerm(conv, (xAt, wAt, yAt) => (dx[xAt]! += dy[yAt]! * w[wAt]!));
  return dx;
}

export function naiveBackpropFilter(
  conv: Convolution,
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
): Float64Array {
  const dw = zeros(shapesOf(conv).w);
  eachTerm(conv, (xAt, wAt, yAt) => (dw[wAt]! += x[xAt]! * dy[yAt]!));
  return dw;
}
