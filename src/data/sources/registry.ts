// All layouts that are known. Each looks at the files, and what fits best is taken, unless a person chooses another.
import type { InputFile } from '../types';
import { ade20k } from './ade20k';
import { camvid } from './camvid';
import { cityscapes } from './cityscapes';
import { FileTree } from './file-tree';
import { kitti } from './kitti';
import { plain, type RoleFiles } from './plain';
import type { Candidate, Source } from './source';
import { synthia } from './synthia';
import { voc } from './voc';

export const sources: readonly Source[] = [synthia, camvid, cityscapes, kitti, voc, ade20k];

/**
 * Every way to understand the files, best first; plain folders are always one. Layouts are looked for where one folder
 * holds everything: whoever says which folder holds images and which labels has decided already.
 */
export async function candidatesFor(files: RoleFiles): Promise<Candidate[]> {
  const decided = Boolean(files.images?.length || files.labels?.length);
  const folder: readonly InputFile[] = decided ? [] : (files.folder ?? []);
  const tree = new FileTree(folder);
  const matched =
    folder.length > 0 ? await Promise.all(sources.map(async (source) => source.match(tree))) : [];
  const found = matched
    .flat()
    .sort((a, b) => b.score - a.score || b.pairing.pairs.length - a.pairing.pairs.length);
  const ids = new Set<string>();
  const distinct = found.filter(({ id }) => !ids.has(id) && ids.add(id));
  return [...distinct, await plain(files)];
}
