// A network as OpenCV's cv2.dnn runs it, for tests of what is exported.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from './python.ts';

export interface OpencvRequest {
  prototxt: string;
  /** A .caffemodel in base64. */
  weights: string;
  /** Float32 numbers in Caffe's order, in base64. */
  data: string;
  shape: readonly number[];
  blob: string;
}

export interface OpencvScores {
  version: string;
  shape: number[];
  /** Float32 numbers in base64. */
  base64: string;
}

const python = () => findPython(['cv2', 'numpy']);

/** For the name of the tests: null where OpenCV is there, else why they are skipped. */
export async function opencvMissing(): Promise<string | null> {
  const { missing, note } = await python();
  return missing ? note : null;
}

export async function opencvScores(request: OpencvRequest): Promise<OpencvScores> {
  const { prototxt, weights, data, shape, blob } = request;
  const folder = await mkdtemp(join(tmpdir(), 'opencv-'));
  try {
    await writeFile(join(folder, 'network.prototxt'), prototxt);
    await writeFile(join(folder, 'weights.caffemodel'), Buffer.from(weights, 'base64'));
    await writeFile(join(folder, 'data.bin'), Buffer.from(data, 'base64'));
    const script = new URL('./opencv.py', import.meta.url);
    const printed = await (await python()).run(script, folder, blob, ...shape.map(String));
    const { version, shape: found } = JSON.parse(printed) as Pick<OpencvScores, 'version' | 'shape'>;
    return { version, shape: found, base64: (await readFile(join(folder, 'scores.bin'))).toString('base64') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
