// What the loader remembers between calls: the list of files, what a look at them found, and the running import.
import { AppError } from '../core/errors';
import { openArchives, type Opened } from './archives';
import { importPairs, readPair } from './importer';
import { ImageDecoder } from './decode-image';
import type { TileSink } from './import-batch';
import { checkImportSettings } from './import-settings';
import type { FileRole, ImportProgress, ImportReport, ImportSettings, PairReading } from './import-types';
import { labelReader } from './labels';
import { surveyFiles, type Surveyed } from './survey';
import type { InputFile, LabelMap, RgbImage } from './types';

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

  /** A surveyed pair at its own size; values without class show as void. Throws AppError 'not-found', 'bad-file' or 'bad-label'. */
  async pair(name: string, classes: PairReading): Promise<{ image: RgbImage; label: LabelMap }> {
    const { survey, pairs } = await this.survey();
    const pair = pairs.find((candidate) => candidate.name === name);
    if (!pair || !survey.format) throw new AppError('not-found', `There is no pair called "${name}".`);
    const { also = survey.also } = classes;
    const format = classes.format ?? survey.format;
    const read = labelReader(classes, format, { also, onUnknown: () => undefined });
    return readPair(pair, this.decoder, read);
  }

  /** Imports the surveyed pairs into `sink`. Throws AppError; see importPairs. */
  async import(
    id: string,
    settings: ImportSettings,
    sink: TileSink,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<ImportReport> {
    if (this.importing) {
      throw new AppError('bad-settings', 'Another import is running. Wait for it, or stop it first.');
    }
    const cancel = new AbortController();
    this.importing = id;
    this.cancel = cancel;
    try {
      const { survey, pairs } = await this.survey();
      const format = settings.format ?? survey.format;
      if (pairs.length === 0 || !format) {
        const rejected = survey.rejected.map(({ file, reason }) => `${file}: ${reason}`);
        throw new AppError('no-pairs', survey.problem ?? 'There are no pairs to import.', { rejected });
      }
      checkImportSettings(settings);
      const report = await importPairs({
        id,
        createdAt: Date.now(),
        pairs,
        ownValidation: survey.ownValidation,
        format,
        rejected: survey.rejected,
        settings: { ...settings, also: settings.also ?? survey.also },
        sink,
        signal: cancel.signal,
        onProgress,
      });
      return { ...report, notes: [...survey.notes, ...report.notes] };
    } finally {
      this.importing = null;
      this.cancel = null;
    }
  }

  /** Ends a running import after its current pair. */
  cancelImport(): void {
    this.cancel?.abort();
  }
}
