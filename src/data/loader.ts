// What the loader remembers between calls: the list of files, what a look at them found, and the running import.
import { AppError } from '../core/errors';
import { openArchives, type Opened } from './archives';
import { importPairs, readPair } from './importer';
import { ImageDecoder } from './decode-image';
import type { TileSink } from './import-batch';
import { plannedFiles, type FilesPlan, type ImportPlan } from './import-plan';
import { checkImportSettings } from './import-settings';
import type { FileRole, ImportProgress, ImportReport, ImportSettings, PairReading } from './import-types';
import { classValues, labelReader } from './labels';
import { reshapePair } from './reshape';
import { surveyFiles, type Surveyed } from './survey';
import type { DatasetRecord, InputFile, LabelMap, RgbImage } from './types';

/** Where an import is kept. */
export interface ImportStore {
  /** Keeps the record of a dataset without tiles, and what its import needs to go on. */
  begin: (record: DatasetRecord, plan: ImportPlan) => Promise<void>;
  put: TileSink;
  /** Access to the files for later, where the browser gives it. */
  handles?: FileSystemHandle[];
}

type Say = (progress: ImportProgress) => void;

/** Dropped files on their way into a dataset. */
export class Loader {
  /** The id of the dataset that is being imported. */
  importing: string | null = null;
  readonly decoder = new ImageDecoder();
  private files: Partial<Record<FileRole, InputFile[]>> = {};
  private surveyed: Promise<Surveyed> | null = null;
  private layout: string | null = null;
  /** Opening a packed tar takes as long as reading all of it, so it is done once for a list. */
  private opened: Promise<Opened> | null = null;
  private cancel: AbortController | null = null;

  /** Forgets the files of before. */
  begin(): void {
    this.files = {};
    this.surveyed = null;
    this.opened = null;
    this.layout = null;
  }

  add(role: FileRole, files: readonly InputFile[]): void {
    (this.files[role] ??= []).push(...files);
    this.surveyed = null;
    this.opened = null;
  }

  /**
   * Looks at the files, once for each list and layout; without one they are understood as before, or as fits best.
   * Throws AppError 'bad-classes' for a class list that cannot be read.
   */
  survey(layout: string | null = this.layout): Promise<Surveyed> {
    if (layout !== this.layout) {
      this.layout = layout;
      this.surveyed = null;
    }
    return (this.surveyed ??= this.look(layout));
  }

  private async look(layout: string | null): Promise<Surveyed> {
    this.opened ??= openArchives(this.files);
    const { files, rejected } = await this.opened;
    return surveyFiles(files, layout, rejected);
  }

  /**
   * A surveyed pair, at its own size or brought to one; values without class show as void. Throws AppError 'not-found',
   * 'bad-file' or 'bad-label'.
   */
  async pair(name: string, reading: PairReading): Promise<{ image: RgbImage; label: LabelMap }> {
    const { survey, pairs } = await this.survey();
    const pair = pairs.find((candidate) => candidate.name === name);
    const format = reading.format ?? survey.format;
    if (!pair || !format) throw new AppError('not-found', `There is no pair called "${name}".`);
    const values = reading.values ?? classValues(reading, format, survey.also);
    const read = labelReader(reading, format, { values, onUnknown: () => undefined });
    const { image, label } = await readPair(pair, this.decoder, read);
    return reshapePair(image, label, reading.scale ?? null, pair.image.path);
  }

  /** Imports the surveyed pairs into `store`. Throws AppError; see importPairs. */
  async import(
    id: string,
    chosen: ImportSettings,
    store: ImportStore,
    onProgress: Say,
  ): Promise<ImportReport> {
    return this.alone(id, async (signal) => {
      const surveyed = await this.survey();
      const { survey, pairs } = surveyed;
      const format = chosen.format ?? survey.format;
      if (pairs.length === 0 || !format) {
        const rejected = survey.rejected.map(({ file, reason }) => `${file}: ${reason}`);
        throw new AppError('no-pairs', survey.problem ?? 'There are no pairs to import.', { rejected });
      }
      checkImportSettings(chosen);
      const values = chosen.values ?? classValues(chosen.classes, format, survey.also);
      const settings = { ...chosen, format, values };
      const plan: ImportPlan = {
        kind: 'files',
        dataset: id,
        settings,
        layout: survey.layout,
        files: await plannedFiles(this.files),
        handles: store.handles ?? [],
      };
      const report = await importPairs({
        ...jobOf(surveyed, settings, store),
        id,
        createdAt: Date.now(),
        begin: (record) => store.begin(record, plan),
        signal,
        onProgress,
      });
      this.release(report);
      return { ...report, notes: [...survey.notes, ...report.notes] };
    });
  }

  /**
   * Goes on with an import that was ended, from the same files. Throws AppError 'bad-file' where they make other pairs, and as
   * importPairs does.
   */
  async goOn(
    from: DatasetRecord,
    { settings, layout }: FilesPlan,
    store: Pick<ImportStore, 'put'>,
    onProgress: Say,
  ): Promise<ImportReport> {
    return this.alone(from.id, async (signal) => {
      const surveyed = await this.survey(layout);
      if (surveyed.survey.layout !== layout || surveyed.pairs.length !== from.unfinished?.total) {
        throw new AppError(
          'bad-file',
          `The files make ${surveyed.pairs.length} pairs, and the import had ${from.unfinished?.total}. Give the same files, unchanged.`,
        );
      }
      const { id, createdAt } = from;
      const job = jobOf(surveyed, settings, store);
      const report = await importPairs({ ...job, id, createdAt, from, signal, onProgress });
      this.release(report);
      return report;
    });
  }

  /** Ends a running import after its current pair. */
  cancelImport(): void {
    this.cancel?.abort();
  }

  /** Each file takes several kilobytes of the browser as long as it is held: after a whole import none is. */
  private release({ complete }: Pick<ImportReport, 'complete'>): void {
    if (complete) this.begin();
  }

  private async alone<Result>(id: string, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.importing) {
      throw new AppError('bad-settings', 'Another import is running. Wait for it, or stop it first.');
    }
    const cancel = new AbortController();
    this.importing = id;
    this.cancel = cancel;
    try {
      return await work(cancel.signal);
    } finally {
      this.importing = null;
      this.cancel = null;
    }
  }
}

/** What the files and the choices say of an import, whether it begins or goes on. */
function jobOf(
  { survey, pairs }: Surveyed,
  settings: FilesPlan['settings'],
  { put }: Pick<ImportStore, 'put'>,
) {
  return {
    pairs,
    ownValidation: survey.ownValidation && settings.split !== 'share',
    format: settings.format,
    rejected: survey.rejected,
    settings,
    source: {
      kind: 'files' as const,
      layout: survey.layouts.find(({ id }) => id === survey.layout)?.title ?? survey.layout,
    },
    sink: put,
  };
}
