// `export`: a network and its weights as files for other programs.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransplantReport } from '../../src/nets/transplant';
import { existingFile, giveFiles, inputId, networkOption } from './files';
import type { Options } from './options';
import type { Driver } from './page';

const formats = ['caffemodel', 'safetensors'] as const;

export interface ExportResult {
  /** Paths of what was written. */
  files: string[];
  parameters: number;
  report: TransplantReport;
}

/** Checks the options before a browser is started. @throws AppError */
export async function exportRequest(options: Options) {
  const weights = options.text('weights');
  return {
    weights: weights === undefined ? null : existingFile('weights', weights),
    out: options.required('out'),
    settings: {
      network: await networkOption(options.required('network')),
      width: options.number('width', 0) ?? null,
      classes: options.whole('classes', 1) ?? null,
      seed: options.whole('seed', 0) ?? 1,
      size: options.size('size') ?? null,
      as: options.choice('as', formats) ?? 'caffemodel',
    },
  };
}

/** Exports and saves the files as the browser's downloads, which may be larger than any string. */
export async function exportNetwork(
  driver: Driver,
  { weights, out, settings }: Awaited<ReturnType<typeof exportRequest>>,
): Promise<ExportResult> {
  if (weights !== null) await giveFiles(driver, 'weights', [weights]);
  const { names, ...rest } = await driver.call(
    async ({ id, settings }) => {
      const input = document.getElementById(id) as HTMLInputElement | null;
      const weights = input?.files?.[0] ?? null;
      const { files, ...rest } = await window.intarsia.exportNetwork({ ...settings, weights });
      for (const { name, bytes } of files) {
        const link = document.createElement('a');
        link.id = `export-${name}`;
        link.download = name;
        link.href = URL.createObjectURL(new Blob([bytes]));
        document.body.append(link);
      }
      return { names: files.map(({ name }) => name), ...rest };
    },
    { id: inputId('weights'), settings },
  );
  await mkdir(out, { recursive: true });
  const files: string[] = [];
  for (const name of names) {
    const [download] = await Promise.all([
      driver.page.waitForEvent('download'),
      driver.call((id) => document.getElementById(id)!.click(), `export-${name}`),
    ]);
    const path = join(out, name);
    await download.saveAs(path);
    files.push(path);
  }
  return { files, ...rest };
}
