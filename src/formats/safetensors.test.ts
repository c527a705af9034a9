import { describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { readSafetensors, writeSafetensors } from './safetensors';

function file(header: unknown, data: number[] = [], text = JSON.stringify(header)): Uint8Array {
  const json = new TextEncoder().encode(text);
  const out = new Uint8Array(8 + json.length + data.length);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  out.set(data, 8 + json.length);
  return out;
}

const tensor = (shape: number[], from: number, to: number, dtype = 'F32') => ({
  dtype,
  shape,
  data_offsets: [from, to],
});

describe('safetensors', () => {
  it('reads what it writes', () => {
    const tensors = new Map([
      ['conv1/0', { shape: [1, 2, 1, 2], data: new Float32Array([1, -2.5, 3e-20, 4]) }],
      ['conv1/1', { shape: [], data: new Float32Array([7]) }],
      ['empty', { shape: [0, 3], data: new Float32Array() }],
    ]);
    const bytes = writeSafetensors(tensors, { network: 'name: "x"\n' });
    expect(bytes.length % 4).toBe(0);
    const back = readSafetensors(bytes, 'a.safetensors');
    expect(back.tensors).toEqual(tensors);
    expect(back.metadata).toEqual(new Map([['network', 'name: "x"\n']]));
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no header', new Uint8Array(3), /3 bytes/],
    ['an implausible header', new Uint8Array(16).fill(255), /plausible/],
    ['a cut header', file({}).slice(0, 9), /cut off/],
    ['a header that is no object', file(null, [], '[]'), /does not begin/],
    ['a header that is no JSON', file(null, [], '{a'), /not JSON/],
    ['an unknown type', file({ a: tensor([1], 0, 2, 'F16') }, [0, 0]), /F16/],
    [
      'a wrong shape',
      file({ a: { ...tensor([1], 0, 4), shape: [-1] } }, [0, 0, 0, 0]),
      /not a list of sizes/,
    ],
    [
      'wrong offsets',
      file({ a: { ...tensor([1], 0, 4), data_offsets: [0] } }, [0, 0, 0, 0]),
      /not two positions/,
    ],
    ['a size that disagrees', file({ a: tensor([2], 0, 4) }, [0, 0, 0, 0]), /needs 8 bytes, but holds 4/],
    ['cut data', file({ a: tensor([1], 0, 4) }, [0, 0]), /cut off inside "a"/],
    ['overlapping tensors', file({ a: tensor([1], 0, 4), b: tensor([1], 0, 4) }, [0, 0, 0, 0]), /overlaps/],
    ['a hole', file({ a: tensor([1], 4, 8) }, Array<number>(8).fill(0)), /hole/],
    ['trailing bytes', file({ a: tensor([1], 0, 4) }, Array<number>(6).fill(0)), /2 bytes after/],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), /not a string/],
  ])('refuses %s by name', (_what, bytes, why) => {
    expect(() => readSafetensors(bytes, 'weights.safetensors')).toThrow(AppError);
    expect(() => readSafetensors(bytes, 'weights.safetensors')).toThrow(
      /^weights.safetensors is not a usable/,
    );
    expect(() => readSafetensors(bytes, 'weights.safetensors')).toThrow(why);
  });

  it('gives an error or a file for every truncation', () => {
    const whole = writeSafetensors(new Map([['w', { shape: [3], data: new Float32Array([1, 2, 3]) }]]));
    for (let length = 0; length < whole.length; length++) {
      expect(() => readSafetensors(whole.slice(0, length), 'w')).toThrow(AppError);
    }
  });
});
