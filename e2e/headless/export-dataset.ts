// `export-dataset`: a dataset of the page becomes folders of this machine, or a zip.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listZip, readZipEntry } from '../../src/formats/zip';
import type { ExportSummary } from '../../src/data/dataset-export';
import { fileBlob } from './file-blob';
import { datasetRequest, ensureDataset } from './import';
import type { Options } from './options';
import type { Driver } from './page';
import { tilePrinter } from './progress';

/** The last line of `export-dataset`. */
export interface DatasetExportResult extends ExportSummary {
  dataset: string;
  /** The folder that holds train and val, or the zip. */
  out: string;
}

/** Checks the options before a browser is started. @throws AppError */
export function exportDatasetRequest(options: Options) {
  return { ...datasetRequest(options), out: options.required('out') };
}

/** Imports if asked to, exports, and saves the zip or what is in it. */
export async function exportDataset(
  driver: Driver,
  { dataset, imports, out }: ReturnType<typeof exportDatasetRequest>,
): Promise<DatasetExportResult> {
  await ensureDataset(driver, dataset, imports);
  const summary = await driver.call(
    async (dataset) => {
      const { file, ...summary } = await window.intarsia.exportDataset(dataset, (progress) =>
        window.headlessProgress(progress),
      );
      // A download may be larger than any string.
      const link = document.createElement('a');
      link.id = 'export-dataset';
      link.download = 'dataset.zip';
      link.href = URL.createObjectURL(file!);
      document.body.append(link);
      return summary;
    },
    dataset,
    tilePrinter('exported'),
  );
  const [download] = await Promise.all([
    driver.page.waitForEvent('download'),
    driver.call((id) => document.getElementById(id)!.click(), 'export-dataset'),
  ]);
  if (/\.zip$/i.test(out)) await download.saveAs(out);
  else {
    const folder = await mkdtemp(join(tmpdir(), 'intarsia-export-'));
    try {
      const zip = join(folder, 'dataset.zip');
      await download.saveAs(zip);
      await unpack(zip, out);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return { dataset, out, ...summary };
}

/** Writes the files of a zip, without the one folder that holds them all. */
async function unpack(zip: string, out: string): Promise<void> {
  const blob = fileBlob(zip);
  const { entries } = await listZip(blob, zip);
  for (const entry of entries) {
    const path = join(out, ...entry.path.split('/').slice(1));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, await readZipEntry(blob, entry, entry.path));
  }
}
