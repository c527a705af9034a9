import { readImageHeader, type ImageHeader } from '../formats/image-header';
import { opened, readFile } from './read-file';
import type { InputFile } from './types';

/** Most headers are within the first bytes; some JPEGs have long metadata before theirs. */
const headBytes = 65536;

/** An image's header, read without the rest of the file where that is enough. Throws AppError 'bad-file'. */
export async function imageHeader({ path, file }: InputFile): Promise<ImageHeader | null> {
  const content = await opened(file);
  const start = new Uint8Array(await content.slice(0, headBytes).arrayBuffer());
  const header = readImageHeader(start, path);
  if (header || content.size <= headBytes) return header;
  return readImageHeader(await readFile(content, path), path);
}
