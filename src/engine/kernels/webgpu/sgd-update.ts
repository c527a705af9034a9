// SgdUpdate: the momentum step of one parameter, in the memory that the parameter has (Caffe, sgd_solver.cpp).
//
//   v <- momentum * v + rate * (g + decay * w)
//   w <- w - v
//
// Tiling: one thread for each element, or for four where their number allows it; first over v, then over w, because a program of
// TensorFlow.js writes to one tensor only.
//
// Operations: 6 for each element. Bytes: 28 for each, and none of new memory.
import type * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { SgdUpdateAttrs } from '../host/sgd-update';
import type { WebgpuKernel } from './kernel';
import { flat, runProgram, widthFor } from './program';

interface Inputs {
  weight: tf.TensorInfo;
  velocity: tf.TensorInfo;
  gradient: tf.TensorInfo;
}

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
      ...flat(size / width),
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

/** weight, velocity and gradient of one shape give [new weight, new velocity]; the old weight and velocity are to be disposed unread. */
function run(
  backend: WebGPUBackend,
  { weight, velocity, gradient }: Inputs,
  { momentum, rate, decay }: SgdUpdateAttrs,
): tf.TensorInfo[] {
  const { shape } = weight;
  const size = shape.reduce((a, b) => a * b, 1);
  const width = widthFor(size);
  const whole = { output: { shape, width }, ...flat(size / width) };
  const newVelocity = takeBuffer(backend, velocity, size);
  const updateVelocity = {
    ...whole,
    name: 'SgdVelocity',
    body: `
  if (index >= ${size / width}) { return; }
  let step = uniforms.rate * (gradient[index] + uniforms.decay * weight[index]);
  result[index] = uniforms.momentum * result[index] + step;`,
    inputs: ['gradient', 'weight'].map((name) => ({ name, width })),
    uniforms: { momentum, rate, decay },
  };
  runProgram(backend, updateVelocity, [gradient, weight], newVelocity);
  const newWeight = takeBuffer(backend, weight, size);
  const updateWeight = {
    ...whole,
    name: 'SgdWeight',
    body: `if (index < ${size / width}) { result[index] -= velocity[index]; }`,
    inputs: [{ name: 'velocity', width }],
  };
  runProgram(backend, updateWeight, [newVelocity], newWeight);
  return [newWeight, newVelocity];
}

export const sgdUpdate: WebgpuKernel = { name: 'SgdUpdate', run, chosen: 'everywhere' };
