// Who is compared; a file of its own because tables are made where there is no device.

export type TrainBackend = 'webgpu' | 'wasm';

export const contestants = ['ours', 'stock-plan', 'ours-autodiff', 'stock-autodiff', 'jax-js'] as const;
export type Contestant = (typeof contestants)[number];

/** What the tables call them. */
export const contestantNames: Record<Contestant, string> = {
  ours: 'Intarsia',
  'stock-plan': 'TensorFlow.js kernels, our plan',
  'ours-autodiff': 'our kernels, TensorFlow.js autodiff',
  'stock-autodiff': 'TensorFlow.js kernels and autodiff',
  'jax-js': 'jax-js',
};

/**
 * The contestants of a list such as "ours,stock-autodiff", in their usual order and ours always among them; all where there is no list.
 * @throws Error where the list has other names.
 */
export function contestantsIn(list: string | undefined): Contestant[] {
  const names = list?.split(',') ?? contestants;
  const unknown = names.find((name) => !(contestants as readonly string[]).includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no engine "${unknown}". Choose from ${contestants.join(', ')}.`);
  }
  return contestants.filter((one) => one === 'ours' || names.includes(one));
}
