// The factors of a tiled product that lie in memory as matrices: a dense layer's, a filter, an image with a 1 x 1 window.
import { widthFor } from './program';
import type { Operand } from './tiled-product';

export interface Matrix {
  /** The buffer in the program. */
  buffer: 'a' | 'b';
  /** Whether neighbours in memory are neighbours along the sum; otherwise along the edge. */
  along: 'sum' | 'edge';
  /** From one line of neighbours to the next. */
  stride: number;
  /** From one group's matrix to the next. */
  groupStride: number;
  /** How many neighbours of a line belong to the product, from each group's begin on. */
  length: number;
  /** WGSL expression: where in the sum the step begins. */
  begin: string;
}

/** Element (edge, sum): of neighbours along the sum edge * stride + sum, along the edge sum * stride + edge. */
export function matrixOperand({ buffer, along, stride, groupStride, length, begin }: Matrix): Operand {
  const width = widthFor(length, stride, groupStride);
  const element = (index: string) => `${buffer}[${width === 4 ? `(${index}) >> 2u` : index}]`;
  return {
    width,
    along,
    place: (edge, id) =>
      `let ${id}_base = group * ${groupStride} + ${along === 'sum' ? `(${edge}) * ${stride}` : edge};`,
    step: (id) => `let ${id}_at = ${id}_base + (${begin})${along === 'sum' ? '' : ` * ${stride}`};`,
    load: (k, id) => element(along === 'sum' ? `${id}_at + ${k}` : `${id}_at + (${k}) * ${stride}`),
  };
}
