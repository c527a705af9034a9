// Files for tests: made on the spot, or read from a folder of this machine.
import type { SourceFile } from '../types';

/** A file of that path and content. */
export const sourceFile = (path: string, content: BlobPart = ''): SourceFile => ({
  path,
  file: new File([content], path.split('/').at(-1)!),
});

/** Empty files of those paths. */
export const emptyFiles = (...paths: string[]): SourceFile[] => paths.map((path) => sourceFile(path));
