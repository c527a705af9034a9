// Who is compared; a file of its own because tables are made where there is no device.

export type TrainBackend = 'webgpu' | 'wasm';

export const contestants = ['ours', 'stock, plan', 'ours, autodiff', 'stock, autodiff', 'jax-js'] as const;
export type Contestant = (typeof contestants)[number];

/** What the tables call them. */
export const contestantNames: Record<Contestant, string> = {
  ours: 'Intarsia',
  'stock, plan': 'TensorFlow.js kernels, our plan',
  'ours, autodiff': 'our kernels, TensorFlow.js autodiff',
  'stock, autodiff': 'TensorFlow.js kernels and autodiff',
  'jax-js': 'jax-js',
};
