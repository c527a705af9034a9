import { expect, test } from 'vitest';
import { csv } from './chart-export';

test('CSV quotes what needs it and leaves out what is not there', () => {
  const text = csv(
    ['epoch', 'mean, smoothed', 'a "b"'],
    [
      [1, 2],
      [0.5, null],
      ['x\ny', undefined],
    ],
  );
  expect(text).toBe('epoch,"mean, smoothed","a ""b"""\r\n1,0.5,"x\ny"\r\n2,,\r\n');
});
