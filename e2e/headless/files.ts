// Files of this machine, given to the page the way a person picks them: through a file input, without copying bytes.
import { existsSync, statSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { AppError } from '../../src/core/errors';
import { isArchiveName } from '../../src/data/archive-name';
import { root } from '../tools/setup.mjs';
import type { Driver } from './page';

/** What an option's files are for; the page-side functions find the input by it. */
export type InputName = 'images' | 'labels' | 'val-images' | 'val-labels' | 'folder' | 'classes' | 'weights';

function existing(option: string, path: string, kind: 'folder' | 'file'): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new AppError('not-found', `--${option}: there is no ${kind} ${path}.`);
  if (statSync(absolute).isDirectory() !== (kind === 'folder')) {
    throw new AppError('not-found', `--${option} takes a ${kind}, and ${path} is not one.`);
  }
  return absolute;
}

/** Checks that the option's folder is there and returns its absolute path. */
export const existingFolder = (option: string, path: string): string => existing(option, path, 'folder');

/** Checks that the option's file is there and returns its absolute path. */
export const existingFile = (option: string, path: string): string => existing(option, path, 'file');

/** Checks that a folder, or an archive that stands for one, is there; a file comes as a list, as `giveFiles` wants it. */
export function existingSource(option: string, path: string): string | string[] {
  const absolute = resolve(path);
  if (!existsSync(absolute)) {
    throw new AppError('not-found', `--${option}: there is no folder or archive ${path}.`);
  }
  if (statSync(absolute).isDirectory()) return absolute;
  if (isArchiveName(absolute)) return [absolute];
  throw new AppError(
    'not-found',
    `--${option} takes a folder, or a zip, tar or tar.gz file, and ${path} is neither.`,
  );
}

/** Puts a file input into the page that holds the given files, or all files of the given folder. */
export async function giveFiles({ page }: Driver, name: InputName, paths: string | string[]): Promise<void> {
  await page.evaluate(
    ([id, folder]) => {
      const input = document.createElement('input');
      input.type = 'file';
      input.multiple = true;
      input.webkitdirectory = folder;
      input.hidden = true;
      input.id = id;
      document.body.append(input);
    },
    [inputId(name), typeof paths === 'string'] as const,
  );
  await page.locator(`#${inputId(name)}`).setInputFiles(paths);
}

/** The id of the input that `giveFiles` made. */
export const inputId = (name: InputName): string => `headless-${name}`;

/** Writes base64 to a file, making its folder. */
export async function writeBase64(path: string, base64: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, Buffer.from(base64, 'base64'));
}

/** A network option's value: an id of a built-in network, or the text of a file. */
export async function networkOption(
  value: string,
): Promise<{ kind: 'zoo'; id: string } | { kind: 'prototxt'; text: string }> {
  if (!/[./\\]/.test(value)) return { kind: 'zoo', id: value };
  return { kind: 'prototxt', text: await readFile(existingFile('network', value), 'utf8') };
}

/** The prototxt that a network option names. */
export async function networkText(value: string): Promise<string> {
  const network = await networkOption(value);
  if (network.kind === 'prototxt') return network.text;
  const path = join(root, 'src', 'nets', 'zoo', `${network.id}.prototxt`);
  if (existsSync(path)) return readFile(path, 'utf8');
  throw new AppError('not-found', `--network: there is no built-in network ${network.id}.`);
}
