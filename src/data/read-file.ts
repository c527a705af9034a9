import { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import type { FileContent, InputFile, LateFile, Rejection } from './types';

const maxBytes = 256 * 1024 * 1024;

/** What can be read of a file; one that is opened late is opened now. Rejects where that cannot be. */
export async function opened<Content extends FileContent>(file: Content | LateFile): Promise<Content | File> {
  return 'open' in file ? file.open() : file;
}

/** The bytes of a dropped file. Throws AppError 'bad-file' where it cannot be read or has more than 256 MiB. */
export async function readFile(file: InputFile['file'], name: string): Promise<Uint8Array<ArrayBuffer>> {
  const content = await readable(opened(file), name);
  if (content.size > maxBytes) {
    const size = Math.ceil(content.size / 1024 / 1024);
    throw fileError('bad-file', name, `it has ${size} MiB; the most that is read is 256 MiB.`);
  }
  return new Uint8Array(await readable(content.arrayBuffer(), name));
}

async function readable<Result>(reading: Promise<Result>, name: string): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    // An archive's entry says itself what is wrong with it.
    if (error instanceof AppError) throw error;
    throw fileError(
      'bad-file',
      name,
      'the browser could not read it. It may have been moved or changed since it was chosen; choose it again.',
    );
  }
}

/** An error about one file as an entry of a list; what is no AppError is a fault of ours and is thrown on. */
export function rejectionOf(error: unknown, file: string): Rejection {
  if (!(error instanceof AppError)) throw error;
  const { file: named, reason } = error.details;
  return {
    file: typeof named === 'string' ? named : file,
    reason: typeof reason === 'string' ? sentence(reason) : error.message,
  };
}

function sentence(reason: string): string {
  return reason.charAt(0).toUpperCase() + reason.slice(1);
}
