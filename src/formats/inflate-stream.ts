// Unpacking by the browser's own stream, stopped as soon as there is more than was announced.
import { AppError } from '../core/errors';
import { fileError } from './file-error';

/** The stream of a packed blob, unpacked. */
export function unpacked(packed: Blob, format: CompressionFormat): ReadableStream<Uint8Array> {
  return packed.stream().pipeThrough(new DecompressionStream(format));
}

/**
 * The first `limit` unpacked bytes, fewer where there are no more. With `isAll`, more than that is an error; memory is
 * that of `limit` whatever the packed bytes would come to. Throws AppError 'bad-file'.
 */
export async function inflateAtMost(
  packed: Blob,
  format: CompressionFormat,
  limit: number,
  isAll: boolean,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(limit);
  const reader = unpacked(packed, format).getReader();
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return length === limit ? bytes : bytes.slice(0, length);
      const room = limit - length;
      if (value.length > room && isAll) {
        throw fileError(
          'bad-file',
          file,
          `it unpacks to more than the ${limit} bytes that it is said to have. It is not read.`,
        );
      }
      bytes.set(value.length > room ? value.subarray(0, room) : value, length);
      length += Math.min(room, value.length);
      if (length === limit && !isAll) return bytes;
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw fileError(
      'bad-file',
      file,
      'it cannot be unpacked. The archive is damaged; copy or download it again.',
    );
  } finally {
    // Whatever is left is not unpacked; a stream that failed has nothing to stop.
    reader.cancel().catch(() => undefined);
  }
}
