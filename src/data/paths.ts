// Paths as dropped files have them: folders separated by "/".

/** The folders of a path, outermost first. */
export function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The file's name without folders and extension. */
export function baseName(path: string): string {
  return fileName(path).replace(/\.[^.]+$/, '');
}

/** In lower case, without the dot; empty where there is none. */
export function extension(path: string): string {
  return /\.([^.]+)$/.exec(fileName(path))?.[1]?.toLowerCase() ?? '';
}

/** The folders that all the paths share. */
export function commonFolders(paths: readonly string[]): string[] {
  const [first, ...others] = paths.map(foldersOf);
  if (!first) return [];
  let length = first.length;
  for (const folders of others) {
    length = Math.min(length, folders.length);
    while (length > 0 && folders.slice(0, length).join('/') !== first.slice(0, length).join('/')) length--;
  }
  return first.slice(0, length);
}

const encoder = new TextEncoder();

/** Sorts by the bytes of the UTF-8 text, as a file system's plain listing does, the same on every machine. */
export function sortByBytes<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  const keyed = items.map((item) => ({ item, bytes: encoder.encode(key(item)) }));
  return keyed.sort((a, b) => compareBytes(a.bytes, b.bytes)).map(({ item }) => item);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}
