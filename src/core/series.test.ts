import { expect, it } from 'vitest';
import { decay, sineCosine } from './series';

it('sine and cosine of any angle, exact at quarters of a turn', () => {
  for (let degrees = -720; degrees <= 720; degrees += 3.7) {
    const { sine, cosine } = sineCosine(degrees);
    const x = (degrees * Math.PI) / 180;
    expect(Math.abs(sine - Math.sin(x))).toBeLessThan(1e-14);
    expect(Math.abs(cosine - Math.cos(x))).toBeLessThan(1e-14);
  }
  const quarters = [0, 90, 180, 270, -90].map(sineCosine);
  const plain = quarters.map(({ sine, cosine }) => [sine + 0, cosine + 0]);
  expect(plain).toEqual([
    [0, 1],
    [1, 0],
    [0, -1],
    [-1, 0],
    [-1, 0],
  ]);
});

it('decays as the exponential function does', () => {
  expect(decay(0)).toBe(1);
  for (let x = 0; x <= 20; x += 0.31) expect(Math.abs(decay(x) / Math.exp(-x) - 1)).toBeLessThan(1e-14);
});
