// Where a tar's bytes come from: a file of the disk, read in place, or a gzip stream, which passes once.
import { AppError } from '../core/errors';
import { fileError } from './file-error';
import { unpacked } from './inflate-stream';
import type { TarBytes } from './tar';

/** Reads in place: an entry's content is a piece of the file, read when it is needed. */
export class TarFile implements TarBytes {
  private readonly archive: Blob;
  private readonly name: string;
  private at = 0;

  constructor(archive: Blob, name: string) {
    this.archive = archive;
    this.name = name;
  }

  async read(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(await this.archive.slice(this.at, this.at + length).arrayBuffer());
    this.at += bytes.length;
    return bytes;
  }

  async take(length: number): Promise<Blob> {
    if (this.at + length > this.archive.size) throw cutOff(this.name, 'tar');
    this.at += length;
    return this.archive.slice(this.at - length, this.at);
  }

  async skip(length: number): Promise<void> {
    this.at += length;
  }
}

/** A tar may unpack to this many bytes whatever its ratio, beyond that to so many times its size, and never to more than this. */
const freeBytes = 256 * 1024 * 1024;
const maxRatio = 200;
const maxBytes = 8 * 1024 ** 3;

const capOf = ({ size }: Blob) => Math.min(maxBytes, Math.max(freeBytes, maxRatio * size));

/** Unpacks as it goes. Contents become blobs, which the browser keeps on the disk where they are many. */
export class TarGzip implements TarBytes {
  private readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  private readonly name: string;
  private readonly cap: number;
  private chunk: Uint8Array = new Uint8Array(0);
  private total = 0;

  /** `cap` is the most that is unpacked. */
  constructor(archive: Blob, name: string, cap = capOf(archive)) {
    this.reader = unpacked(archive, 'gzip').getReader();
    this.name = name;
    this.cap = cap;
  }

  async read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    let filled = 0;
    await this.pass(length, (piece) => {
      bytes.set(piece, filled);
      filled += piece.length;
    });
    return filled === length ? bytes : bytes.slice(0, filled);
  }

  async take(length: number): Promise<Blob> {
    const bytes = await this.read(length);
    if (bytes.length < length) throw cutOff(this.name, 'tar');
    return new Blob([bytes]);
  }

  async skip(length: number): Promise<void> {
    await this.pass(length, () => undefined);
  }

  /** Stops unpacking. */
  async cancel(): Promise<void> {
    await this.reader.cancel().catch(() => undefined);
  }

  private async pass(length: number, take: (piece: Uint8Array) => void): Promise<void> {
    for (let left = length; left > 0;) {
      if (this.chunk.length === 0 && !(await this.next())) return;
      const piece = this.chunk.subarray(0, left);
      this.chunk = this.chunk.subarray(piece.length);
      left -= piece.length;
      take(piece);
    }
  }

  private async next(): Promise<boolean> {
    let result: ReadableStreamReadResult<Uint8Array>;
    try {
      result = await this.reader.read();
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw cutOff(this.name, 'gzip');
    }
    if (result.done) return false;
    this.chunk = result.value;
    this.total += result.value.length;
    if (this.total > this.cap) {
      const mebibytes = Math.round(this.cap / 1024 / 1024);
      throw fileError(
        'bad-file',
        this.name,
        `it unpacks to more than ${mebibytes} MiB, which is more than ${maxRatio} times its size or 8 GiB. Unpack it and drop the folder.`,
      );
    }
    return true;
  }
}

function cutOff(name: string, kind: string): AppError {
  return fileError('bad-file', name, `this ${kind} file is cut off or damaged. Copy or download it again.`);
}
