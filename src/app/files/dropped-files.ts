// The files of a drop or a picker, with their paths. Folders are walked to the end.
import { opened } from '../../data/read-file';
import type { FoundFile, Rejection, SourceFile } from '../../data/types';

/** What a drop held: the files, and what could not be read of it, each with its reason. */
export interface Dropped {
  files: FoundFile[];
  rejected: Rejection[];
  /** Access to the same files for later, where the browser gives it: one handle for each folder or file on top. */
  handles: FileSystemHandle[];
}

/** A part of a drop, in browsers that give access for later. */
type Item = DataTransferItem & { getAsFileSystemHandle?: () => Promise<FileSystemHandle | null> };

/** Files of a picker; with a folder picker each path begins with the folder's name. */
export function pickedFiles(list: FileList | null): SourceFile[] {
  return Array.from(list ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * All files of a drop. Must be called while the drop event is handled, because the browser empties the list after
 * it: what has to be asked at once is asked before the first await. Files are not opened yet; a folder that cannot be
 * listed is named and the others go on.
 */
export function droppedFiles(transfer: Pick<DataTransfer, 'items'>): Promise<Dropped> {
  const entries: FileSystemEntry[] = [];
  const plain: File[] = [];
  const handles: Promise<FileSystemHandle | null>[] = [];
  for (const item of transfer.items as Iterable<Item>) {
    if (item.kind !== 'file') continue;
    if (item.getAsFileSystemHandle) handles.push(item.getAsFileSystemHandle());
    const entry = item.webkitGetAsEntry();
    if (entry) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file) plain.push(file);
    }
  }
  return collect(entries, plain, handles);
}

async function collect(
  entries: FileSystemEntry[],
  plain: File[],
  handles: Promise<FileSystemHandle | null>[],
): Promise<Dropped> {
  const files: FoundFile[] = plain.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  const settled = await Promise.allSettled(handles);
  const dropped: Dropped = {
    files,
    rejected: [],
    handles: settled.flatMap((one) => (one.status === 'fulfilled' && one.value ? [one.value] : [])),
  };
  for (const entry of entries) await walk(entry, '', dropped);
  return dropped;
}

async function walk(entry: FileSystemEntry, prefix: string, dropped: Dropped): Promise<void> {
  if (entry.name.startsWith('.')) return;
  const path = prefix + entry.name;
  if (isFile(entry)) {
    const open = () => new Promise<File>((resolve, fail) => entry.file(resolve, fail));
    dropped.files.push({ path, file: { open } });
  } else if (isDirectory(entry)) {
    for await (const inner of entriesOf(entry, path, dropped)) await walk(inner, path + '/', dropped);
  }
}

async function* entriesOf(
  folder: FileSystemDirectoryEntry,
  path: string,
  dropped: Dropped,
): AsyncGenerator<FileSystemEntry> {
  const reader = folder.createReader();
  // A reader gives a hundred entries at most and must be asked until it has none.
  for (;;) {
    let some: FileSystemEntry[];
    try {
      some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    } catch (error) {
      reject(dropped, path, 'The browser could not list all of this folder', error);
      return;
    }
    if (some.length === 0) return;
    yield* some;
  }
}

/** The files of a drop opened, for what takes few of them; what the browser could not read is listed. */
export async function openedFiles(
  dropped: Pick<Dropped, 'files' | 'rejected'>,
): Promise<{ files: SourceFile[]; rejected: Rejection[] }> {
  const files: SourceFile[] = [];
  const rejected = [...dropped.rejected];
  for (const { path, file } of dropped.files) {
    try {
      files.push({ path, file: await opened(file) });
    } catch (error) {
      reject({ rejected }, path, 'The browser could not read this file', error);
    }
  }
  return { files, rejected };
}

function reject({ rejected }: Pick<Dropped, 'rejected'>, file: string, what: string, error: unknown): void {
  const why = error instanceof Error ? ` (${error.message})` : '';
  rejected.push({
    file,
    reason: `${what}${why}. See that it is still there and that you may read it, then drop it again.`,
  });
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
