// SolverUpdate: a solver's step for one parameter, in the memory that the parameter has. The formulas are at the host's kernel of this name
// (host/solver-update.ts).
//
// Tiling: one thread for each element, or for four where their number allows it; a program of TensorFlow.js writes to one tensor only, so
// the histories come first, each in a pass of its own, and the weight last. AdaDelta's step, which two of them need, is kept between.
//
// Operations and bytes for each element: SGD 6 and 28, Nesterov 9 and 32, AdaGrad and RMSProp 10 and 32, Adam 14 and 44, AdaDelta 17 and 60;
// none of new memory but AdaDelta's step.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { SolverName } from '../../../nets/solvers';
import { ADAM_SQUARES, DELTA, RMS_DECAY, type SolverUpdateAttrs } from '../../solvers';
import type { WebgpuKernel } from './kernel';
import { flat, runProgram, widthFor, work } from './program';

interface Inputs {
  weight: tf.TensorInfo;
  gradient: tf.TensorInfo;
  history0: tf.TensorInfo;
  history1?: tf.TensorInfo;
}

/** What is written, and WGSL of its new value, where `old` is its value before and each name in `reads` that of another tensor. */
interface Pass {
  into: 'weight' | 'history0' | 'history1' | 'step';
  reads: readonly string[];
  value: string;
}

/** WGSL: the gradient with the decay, in a pass that reads the weight, and in the one that writes it. */
const G = '(gradient + uniforms.decay * weight)';
const OWN_G = '(gradient + uniforms.decay * old)';
const squares = (kept: string, added: string): Pass => ({
  into: 'history0',
  reads: ['gradient', 'weight'],
  value: `${kept} * old + ${added} * ${G} * ${G}`,
});
const velocity: Pass = {
  into: 'history0',
  reads: ['gradient', 'weight'],
  value: `uniforms.momentum * old + uniforms.rate * ${G}`,
};
const bySquares: Pass = {
  into: 'weight',
  reads: ['gradient', 'history0'],
  value: `old - uniforms.rate * ${OWN_G} / (sqrt(history0) + ${DELTA})`,
};

const passes: Readonly<Record<SolverName, readonly Pass[]>> = {
  SGD: [velocity, { into: 'weight', reads: ['history0'], value: 'old - history0' }],
  Nesterov: [
    velocity,
    {
      into: 'weight',
      reads: ['gradient', 'history0'],
      value: `old - (uniforms.momentum * history0 + uniforms.rate * ${OWN_G})`,
    },
  ],
  AdaGrad: [squares('1', '1'), bySquares],
  RMSProp: [squares(`${RMS_DECAY}`, `${1 - RMS_DECAY}`), bySquares],
  AdaDelta: [
    squares('uniforms.momentum', '(1 - uniforms.momentum)'),
    {
      into: 'step',
      reads: ['gradient', 'weight', 'history0', 'history1'],
      value: `${G} * sqrt((history1 + ${DELTA}) / (history0 + ${DELTA}))`,
    },
    {
      into: 'history1',
      reads: ['step'],
      value: 'uniforms.momentum * old + (1 - uniforms.momentum) * step * step',
    },
    { into: 'weight', reads: ['step'], value: 'old - uniforms.rate * step' },
  ],
  Adam: [
    {
      into: 'history0',
      reads: ['gradient', 'weight'],
      value: `uniforms.momentum * old + (1 - uniforms.momentum) * ${G}`,
    },
    {
      into: 'history1',
      reads: ['gradient', 'weight'],
      value: `${ADAM_SQUARES} * old + ${1 - ADAM_SQUARES} * ${G} * ${G}`,
    },
    {
      into: 'weight',
      reads: ['history0', 'history1'],
      value: `old - uniforms.rate * history0 / (sqrt(history1) + ${DELTA})`,
    },
  ],
};

/**
 * The tensor's buffer under a new name, so that nothing read before is taken for its values; the old name has none from now on. A buffer
 * that several tensors share is copied instead.
 */
function takeBuffer(backend: WebGPUBackend, tensor: tf.TensorInfo, size: number): tf.TensorInfo {
  const { dataId, shape } = tensor;
  const width = widthFor(size);
  if (backend.refCount(dataId) > 1) {
    const copy = {
      name: 'Copy',
      body: `if (index < ${size / width}) { result[index] = source[index]; }`,
      inputs: [{ name: 'source', width }],
      output: { shape, width },
      ...flat(size / width, work(0, 2 * width)),
    };
    return runProgram(backend, copy, [tensor]);
  }
  backend.uploadToGPU(dataId);
  const taken = backend.makeTensorInfo(shape, 'float32');
  const from = backend.tensorMap.get(dataId);
  backend.tensorMap.get(taken.dataId).resource = from.resource!;
  delete from.resource;
  return taken;
}

/**
 * weight, gradient and one or two histories of one shape give the new weight and histories; the old ones are to be disposed unread.
 */
function run(
  backend: WebGPUBackend,
  { weight, gradient, history0, history1 }: Inputs,
  { solver, momentum, rate, decay }: SolverUpdateAttrs,
): tf.TensorInfo[] {
  const { shape } = weight;
  const size = shape.reduce((a, b) => a * b, 1);
  const width = widthFor(size);
  const tensors = new Map([
    ['weight', weight],
    ['gradient', gradient],
    ['history0', history0],
    ...(history1 ? [['history1', history1] as const] : []),
  ]);
  for (const { into, reads, value } of passes[solver]) {
    // What a pass does not use it does not declare, and "old" of a new tensor is nothing.
    const values = reads.map((name) => `let ${name} = ${name}s[index];`).join(' ');
    const program = {
      name: `${solver}-${into}`,
      body: `
  if (index >= ${size / width}) { return; }
  ${into === 'step' ? '' : 'let old = result[index];'}
  ${values}
  result[index] = ${value};`,
      inputs: reads.map((name) => ({ name: `${name}s`, width })),
      output: { shape, width },
      uniforms: { momentum, rate, decay },
      ...flat(size / width, work(8 * width, (reads.length + 2) * width)),
    };
    const target = into === 'step' ? undefined : takeBuffer(backend, tensors.get(into)!, size);
    tensors.set(
      into,
      runProgram(
        backend,
        program,
        reads.map((name) => tensors.get(name)!),
        target,
      ),
    );
  }
  const step = tensors.get('step');
  if (step) backend.disposeData(step.dataId);
  return ['weight', 'history0', ...(history1 ? ['history1'] : [])].map((name) => tensors.get(name)!);
}

export const solverUpdate: WebgpuKernel = { name: 'SolverUpdate', run, chosen: 'everywhere' };
