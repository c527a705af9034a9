// Archives as folders: each zip, tar or tar.gz among the files is replaced by the files inside it, read when they are needed.
import { AppError } from '../core/errors';
import { fileError } from '../formats/file-error';
import { TarFile, TarGzip } from '../formats/tar-bytes';
import { tarItems } from '../formats/tar';
import { listZip, readZipEntry, type ZipEntry } from '../formats/zip';
import { isArchiveName } from './archive-name';
import { fileName, foldersOf } from './paths';
import { opened, rejectionOf } from './read-file';
import type { RoleFiles } from './sources/plain';
import type { FileRole } from './import-types';
import type { FileContent, InputFile, Rejection } from './types';

/** The same as for files outside of archives. */
const maxFileBytes = 256 * 1024 * 1024;

type Kind = 'zip' | 'gzip' | 'tar' | 'other';

/** A deflated or stored entry: a file that is unpacked each time that it is read. */
class ZipFile implements FileContent {
  readonly size: number;
  private readonly archive: Blob;
  private readonly entry: ZipEntry;

  constructor(archive: Blob, entry: ZipEntry) {
    this.archive = archive;
    this.entry = entry;
    this.size = entry.size;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await readZipEntry(this.archive, this.entry, this.entry.path)).buffer;
  }

  slice(start: number, end: number): Pick<Blob, 'arrayBuffer'> {
    const head = async () => {
      const bytes = await readZipEntry(this.archive, this.entry, this.entry.path, end);
      return bytes.slice(start).buffer;
    };
    return { arrayBuffer: head };
  }
}

/** Files with their archives opened, and what could not be. */
export interface Opened {
  files: RoleFiles;
  rejected: Rejection[];
}

/** Opens the archives among the files of every role. */
export async function openArchives(files: RoleFiles): Promise<Opened> {
  const opened: Opened = { files: {}, rejected: [] };
  for (const [role, list] of Object.entries(files) as [FileRole, readonly InputFile[]][]) {
    const found: InputFile[] = [];
    for (const file of list) {
      if (isArchiveName(file.path)) await open(file, found, opened.rejected);
      else found.push(file);
    }
    opened.files[role] = found;
  }
  return opened;
}

async function open({ path, file }: InputFile, found: InputFile[], rejected: Rejection[]): Promise<void> {
  const folder = [...foldersOf(path), fileName(path).replace(/(\.tar)?\.[^.]+$/i, '')].join('/');
  const add = (inner: string, content: FileContent) => {
    if (isArchiveName(inner)) {
      rejected.push({
        file: `${path}: ${inner}`,
        reason: 'An archive inside an archive is not opened. Unpack it first.',
      });
    } else found.push({ path: `${folder}/${inner}`, file: content });
  };
  const skip = (inner: string, reason: string) => rejected.push({ file: `${path}: ${inner}`, reason });
  const before = found.length;
  const listed = rejected.length;
  try {
    const archive = await opened(file);
    if (!(archive instanceof Blob)) throw new Error('an archive was not given as a file');
    const kind = await kindOf(archive);
    if (kind === 'zip') {
      const { entries, skipped } = await listZip(archive, path);
      for (const entry of entries)
        add(entry.path, new ZipFile(archive, { ...entry, path: `${path}: ${entry.path}` }));
      for (const { path: inner, reason } of skipped) skip(inner, reason);
    } else if (kind === 'other') {
      throw fileError(
        'bad-file',
        path,
        'it is no archive that is read: zip, tar and tar.gz are. Unpack it and drop the folder, or pack it as one of them.',
      );
    } else
      await openTar(
        kind === 'gzip' ? new TarGzip(archive, path) : new TarFile(archive, path),
        path,
        add,
        skip,
      );
    if (found.length === before && rejected.length === listed) {
      throw fileError('bad-file', path, 'there is no file in this archive.');
    }
  } catch (error) {
    // What was unpacked of a broken stream is not told from what is missing.
    found.length = before;
    rejected.push(rejectionOf(error instanceof AppError ? error : unreadable(path), path));
  }
}

async function openTar(
  bytes: TarFile | TarGzip,
  path: string,
  add: (inner: string, content: FileContent) => void,
  skip: (inner: string, reason: string) => void,
): Promise<void> {
  // A later entry of a name replaces the one before it: that is how tar files are updated.
  const entries = new Map<string, Blob>();
  try {
    for await (const { path: inner, content, reason } of tarItems(bytes, maxFileBytes, path)) {
      if (content) entries.set(inner, content);
      else skip(inner, reason);
    }
  } finally {
    if (bytes instanceof TarGzip) await bytes.cancel();
  }
  for (const [inner, content] of entries) add(inner, content);
}

async function kindOf(file: Blob): Promise<Kind> {
  const start = new Uint8Array(await file.slice(0, 512).arrayBuffer());
  const begins = (...bytes: number[]) => bytes.every((byte, i) => start[i] === byte);
  if (begins(0x1f, 0x8b)) return 'gzip';
  // bzip2, xz, Zstandard, 7-Zip, RAR
  const others = [
    [0x42, 0x5a, 0x68],
    [0xfd, 0x37, 0x7a],
    [0x28, 0xb5, 0x2f, 0xfd],
    [0x37, 0x7a, 0xbc],
    [0x52, 0x61, 0x72],
  ];
  if (others.some((bytes) => begins(...bytes))) return 'other';
  if (begins(0x50, 0x4b)) return 'zip';
  return start.length === 512 && isTarName(start) ? 'tar' : 'zip';
}

/** Tar files have no signature at their beginning; later forms have one in the header, older ones just digits. */
function isTarName(header: Uint8Array): boolean {
  const sum = String.fromCharCode(...header.subarray(148, 154));
  return /^[ 0-7]+$/.test(sum.replaceAll('\0', ''));
}

function unreadable(path: string): AppError {
  return fileError(
    'bad-file',
    path,
    'the browser could not read this archive. It may have been moved; choose it again.',
  );
}
