// The browser's own folder dialogue, where it has one: it hands out files as they are needed and asks no second question.
import type { FoundFile, Rejection } from '../../data/types';
import type { Dropped } from './dropped-files';

type Picker = (options: { id: string; mode: 'read' }) => Promise<FileSystemDirectoryHandle>;

const picker = () => (globalThis as { showDirectoryPicker?: Picker }).showDirectoryPicker;

export const hasFolderPicker = (): boolean => picker() !== undefined;

/** Asks for a folder and gives all files in it, with paths that begin with its name; null where none was chosen. */
export async function pickFolder(): Promise<Dropped | null> {
  let folder: FileSystemDirectoryHandle;
  try {
    folder = await picker()!({ id: 'dataset', mode: 'read' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
  const files: FoundFile[] = [];
  const rejected: Rejection[] = [];
  await walk(folder, folder.name, files, rejected);
  return { files, rejected, handles: [folder] };
}

/** Files are opened by name when they are read, because a handle takes as much as a file. A folder that cannot be listed is named. */
export async function walk(
  folder: FileSystemDirectoryHandle,
  path: string,
  files: FoundFile[],
  rejected: Rejection[],
): Promise<void> {
  for await (const [name, entry] of folder.entries()) {
    if (name.startsWith('.')) continue;
    const inner = `${path}/${name}`;
    try {
      if (entry.kind === 'directory') {
        await walk(entry, inner, files, rejected);
      } else
        files.push({ path: inner, file: { open: async () => (await folder.getFileHandle(name)).getFile() } });
    } catch (error) {
      const why = error instanceof Error ? ` (${error.message})` : '';
      rejected.push({
        file: inner,
        reason: `The browser could not read it${why}. See that it is still there and that you may read it, then choose it again.`,
      });
    }
  }
}

type Permitted = FileSystemHandle & {
  queryPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
  requestPermission?: (options: { mode: 'read' }) => Promise<PermissionState>;
};

/**
 * The files behind handles that were kept, with the paths they had; null where the person does not let the page read them, or they are
 * gone. Must be called while a click is handled: the browser asks the person.
 */
export async function filesOfHandles(handles: readonly FileSystemHandle[]): Promise<FoundFile[] | null> {
  const files: FoundFile[] = [];
  const rejected: Rejection[] = [];
  try {
    for (const handle of handles as readonly Permitted[]) {
      const state = await handle.queryPermission?.({ mode: 'read' });
      if (state !== 'granted' && (await handle.requestPermission?.({ mode: 'read' })) !== 'granted')
        return null;
    }
    for (const handle of handles) {
      if (handle instanceof FileSystemDirectoryHandle) await walk(handle, handle.name, files, rejected);
      else
        files.push({ path: handle.name, file: { open: () => (handle as FileSystemFileHandle).getFile() } });
    }
  } catch {
    return null;
  }
  return files;
}
