import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** A file of this machine to be read as a Blob is, in slices: the one that Node.js makes is wrong beyond 4 GiB. */
export function fileBlob(path: string): Blob {
  const { size } = statSync(path);
  const slice = (start = 0, end = size) => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start));
    const file = openSync(path, 'r');
    try {
      readSync(file, bytes, 0, bytes.length, start);
    } finally {
      closeSync(file);
    }
    return new Blob([bytes]);
  };
  return { size, slice } as Blob;
}
