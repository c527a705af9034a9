// The files of a drop or a picker, with their paths. Folders are walked to the end.
import type { SourceFile } from '../../data/types';

/** Files of a picker; with a folder picker each path begins with the folder's name. */
export function pickedFiles(list: FileList | null): SourceFile[] {
  return Array.from(list ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/**
 * All files of a drop. Must be called while the drop event is handled, because the browser empties the list after
 * it: what has to be asked at once is asked before the first await.
 */
export function droppedFiles(transfer: DataTransfer): Promise<SourceFile[]> {
  const entries: FileSystemEntry[] = [];
  const plain: File[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    if (entry) entries.push(entry);
    else {
      const file = item.getAsFile();
      if (file) plain.push(file);
    }
  }
  return collect(entries, plain);
}

async function collect(entries: FileSystemEntry[], plain: File[]): Promise<SourceFile[]> {
  const files = plain.map((file) => ({ path: file.webkitRelativePath || file.name, file }));
  for (const entry of entries) await walk(entry, '', files);
  return files;
}

async function walk(entry: FileSystemEntry, prefix: string, files: SourceFile[]): Promise<void> {
  if (entry.name.startsWith('.')) return;
  const path = prefix + entry.name;
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    files.push({ path, file });
  } else if (isDirectory(entry)) {
    const reader = entry.createReader();
    // A reader gives a hundred entries at most and must be asked until it has none.
    for (;;) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) break;
      for (const inner of some) await walk(inner, path + '/', files);
    }
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
