// Dropped files by their folders, for sources that look at where files lie.
import { commonFolders, extension, fileName, foldersOf } from '../paths';
import type { InputFile } from '../types';

const pictures = new Set(['png', 'jpg', 'jpeg', 'webp', 'bmp', 'avif']);

export const isPicture = ({ path }: InputFile): boolean => pictures.has(extension(path));
export const isText = ({ path }: InputFile): boolean => extension(path) === 'txt';

/** Files of the system and of archivers, which no one means. */
export function isHidden({ path }: InputFile): boolean {
  return fileName(path).startsWith('.') || foldersOf(path).includes('__MACOSX');
}

/** A file and where it lies below the folder that was asked for, without its extension. */
export interface Found {
  file: InputFile;
  below: string;
}

/** Files with their paths below the folders that all of them share. */
export class FileTree {
  readonly files: readonly InputFile[];
  /** The folders that all the files share, outermost first. */
  readonly shared: readonly string[];
  private readonly paths: string[];
  private readonly folders = new Set<string>();

  constructor(files: readonly InputFile[]) {
    this.files = files.filter((file) => !isHidden(file));
    // The innermost shared folder may itself be one that a layout looks for, such as RGB alone.
    this.shared = commonFolders(this.files.map(({ path }) => path));
    this.paths = this.files.map(({ path }) => path);
    for (const path of this.paths) {
      const parts = foldersOf(path);
      for (let length = parts.length; length > 0; length--) {
        const folder = parts.slice(0, length).join('/');
        if (this.folders.has(folder)) break;
        this.folders.add(folder);
      }
    }
  }

  /** The files below a folder, at any depth; '' is everything. */
  under(folder: string): Found[] {
    const prefix = folder === '' ? '' : folder + '/';
    return this.files
      .filter((_, i) => this.paths[i]!.startsWith(prefix))
      .map((file) => ({ file, below: file.path.slice(prefix.length).replace(/\.[^./]+$/, '') }));
  }

  /** A folder inside another by its name, in any case; null where there is none. */
  child(folder: string, name: string): string | null {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (this.folders.has(path)) return path;
    const wanted = path.toLowerCase();
    return [...this.folders].find((candidate) => candidate.toLowerCase() === wanted) ?? null;
  }

  /** The folders in which all of the named folders lie, outermost first: 'a/b' is a folder in a folder. */
  parentsOf(...names: string[]): string[] {
    const first = `/${names[0]!.toLowerCase()}`;
    const parents = [...this.folders]
      .filter((folder) => `/${folder.toLowerCase()}`.endsWith(first))
      .map((folder) => folder.slice(0, Math.max(0, folder.length - first.length)));
    return parents.filter((parent) => names.every((name) => this.child(parent, name) !== null)).sort();
  }

  /** Files that lie directly in a folder and have one of the names. */
  inside(folder: string, ...names: string[]): InputFile[] {
    const wanted = names.map((name) => (folder === '' ? name : `${folder}/${name}`).toLowerCase());
    return this.files.filter(({ path }) => wanted.includes(path.toLowerCase()));
  }
}
