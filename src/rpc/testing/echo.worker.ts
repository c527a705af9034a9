// A worker for the tests of the boundary.
import { AppError } from '../../core/errors';
import { serve } from '../serve';

const echo = {
  add: (a: number, b: number) => a + b,
  refuse: (): never => {
    throw new AppError('bad-image', 'picture.png is damaged.', { file: 'picture.png' });
  },
  stumble: (): never => {
    throw new TypeError('a fault');
  },
  count: async (to: number, tell: (n: number) => void): Promise<void> => {
    for (let n = 1; n <= to; n++) tell(n);
    await Promise.resolve();
  },
  transferPixels: (length: number) => ({ pixels: new Uint8Array(length).fill(7), length }),
  wait: () => new Promise<void>(() => undefined),
  fall: () => {
    setTimeout(() => {
      throw new Error('fell over');
    });
    return new Promise<void>(() => undefined);
  },
};

export type EchoApi = typeof echo;

serve(echo);
