// A dataset before it is imported: what came in, what the loader found in it, what the person chose.
import { AppError } from '../../core/errors';
import type { FileRole, ImportReport, Survey } from '../../data/import-types';
import type { FoundFile, Rejection } from '../../data/types';
import { filesByRole, guessRoles, missing, sourcesOf, type Source } from '../files/sources';
import { importSurveyed, surveyAs, surveyFiles } from '../import-verbs';
import { ImportChoices } from './import-choices.svelte';

const emptyFolder = () =>
  new AppError(
    'bad-file',
    'The folder is empty, so nothing was added. Choose the folder that holds the pictures.',
  );

class ImportDraft {
  #sources = $state.raw<Source[]>([]);
  #unreadable = $state.raw<Rejection[]>([]);
  #survey = $state.raw<Survey | null>(null);
  #surveying = $state(false);
  #error = $state.raw<unknown>(null);
  /** Counts changes of the sources, so that an answer about older ones is dropped. */
  #generation = 0;
  /** The loader has one list of files: looks at it follow one another. */
  #turn: Promise<unknown> = Promise.resolve();

  readonly choices = new ImportChoices();
  /** Access to what was dropped or picked for later, by name, where the browser gives it. */
  #handles: FileSystemHandle[] = [];

  get sources(): Source[] {
    return this.#sources;
  }
  /** What is not usable: files that the browser could not read, and those that the look at the others listed. */
  get rejected(): Rejection[] {
    const found = this.#survey ? [...this.#survey.rejected, ...this.#survey.sample.rejected] : [];
    return [...this.#unreadable, ...found];
  }
  get survey(): Survey | null {
    return this.#survey;
  }
  get surveying(): boolean {
    return this.#surveying;
  }
  get error(): unknown {
    return this.#error;
  }
  get missing(): string | null {
    return missing(this.#sources);
  }

  /** Adds dropped files; roles are guessed anew from all names. `unreadable` is listed with what the look rejects. */
  async add(
    files: FoundFile[],
    unreadable: Rejection[] = [],
    handles: readonly FileSystemHandle[] = [],
  ): Promise<void> {
    this.#remember(handles);
    const top = ({ path }: { path: string }) => path.split('/')[0];
    const dropped = new Set([...files, ...unreadable.map(({ file }) => ({ path: file }))].map(top));
    const older = this.#unreadable.filter(({ file }) => !dropped.has(top({ path: file })));
    this.#unreadable = [...older, ...unreadable];
    if (files.length === 0) {
      this.#error = unreadable.length
        ? new AppError('bad-file', 'Nothing of what was dropped could be read. The list says why.')
        : new AppError(
            'no-pairs',
            'What was dropped is empty: there is no file in it. Drop a folder of images and a folder of labels.',
          );
      return;
    }
    const added = sourcesOf(files);
    const names = new Set(added.map(({ name }) => name));
    const kept = this.#sources.filter(({ name }) => !names.has(name));
    await this.#replace(kept.length ? guessRoles([...kept, ...added]) : added);
  }

  /** Adds a picked folder in a role, in place of what had that role. */
  async addAs(role: FileRole, files: FoundFile[], handle: FileSystemHandle | null = null): Promise<void> {
    this.#remember(handle ? [handle] : []);
    const first = files[0];
    if (!first) {
      this.#error = emptyFolder();
      return;
    }
    const name = first.path.split('/')[0] ?? first.path;
    // A parent folder stands for everything; anything else stands beside the other roles.
    const kept = this.#sources.filter(
      (source) =>
        source.role !== role &&
        (role === 'classes' || source.role === 'classes' || (role !== 'folder' && source.role !== 'folder')),
    );
    await this.#replace([...kept, ...(role === 'folder' ? sourcesOf(files) : [{ name, files, role }])]);
  }

  async setRole(index: number, role: Source['role']): Promise<void> {
    await this.#replace(this.#sources.map((source, i) => (i === index ? { ...source, role } : source)));
  }

  /** Images become labels and the other way round. */
  async swap(): Promise<void> {
    const other: Partial<Record<Source['role'], Source['role']>> = {
      images: 'labels',
      labels: 'images',
      'val-images': 'val-labels',
      'val-labels': 'val-images',
    };
    await this.#replace(
      this.#sources.map((source) => ({ ...source, role: other[source.role] ?? source.role })),
    );
  }

  /** Understands the files as another of the layouts that they may have. */
  async setLayout(id: string): Promise<void> {
    // What is shown stays until the other reading is there, so that nobody loses the place.
    await this.#lookAnew(() => surveyAs(id), true);
  }

  async remove(index: number): Promise<void> {
    await this.#replace(this.#sources.filter((_, i) => i !== index));
  }

  /** Lists files that a picker could not read. */
  addUnreadable(unreadable: readonly Rejection[]): void {
    if (unreadable.length > 0) this.#unreadable = [...this.#unreadable, ...unreadable];
  }

  /** Shows what went wrong outside of the draft's own work. */
  fail(error: unknown): void {
    this.#error = error;
  }

  clear(): void {
    void this.#replace([]);
  }

  /** Imports what was found, as chosen. The draft is empty afterwards. */
  async import(): Promise<ImportReport> {
    this.#error = null;
    const generation = this.#generation;
    try {
      const report = await importSurveyed(this.choices.settings(), undefined, this.#usedHandles());
      // What was dropped meanwhile is the next draft.
      if (generation === this.#generation) this.clear();
      return report;
    } catch (error) {
      this.#error = error;
      throw error;
    }
  }

  #remember(handles: readonly FileSystemHandle[]): void {
    const names = new Set(handles.map(({ name }) => name));
    this.#handles = [...this.#handles.filter(({ name }) => !names.has(name)), ...handles];
  }

  /** What gives access to all files again; none where it would not be all of them. */
  #usedHandles(): FileSystemHandle[] {
    const used = this.#sources.filter(({ role }) => role !== 'unused').flatMap(({ files }) => files);
    const names = new Set(used.map(({ path }) => path.split('/')[0]));
    const handles = this.#handles.filter(({ name }) => names.has(name));
    return handles.length === names.size ? handles : [];
  }

  async #replace(sources: Source[]): Promise<void> {
    this.#sources = sources;
    if (sources.length === 0) {
      this.#unreadable = [];
      this.#handles = [];
    }
    if (sources.length > 0 && missing(sources) === null) {
      await this.#lookAnew(() => surveyFiles(filesByRole(sources)));
      return;
    }
    this.#generation++;
    this.#survey = null;
    this.#error = null;
    this.#surveying = false;
  }

  async #lookAnew(look: () => Promise<Survey>, keep = false): Promise<void> {
    const generation = ++this.#generation;
    if (!keep) this.#survey = null;
    this.#error = null;
    this.#surveying = true;
    this.#turn = this.#turn.then(() => this.#look(generation, look));
    await this.#turn;
  }

  async #look(generation: number, look: () => Promise<Survey>): Promise<void> {
    if (generation !== this.#generation) return;
    try {
      const survey = await look();
      if (generation !== this.#generation) return;
      this.#survey = survey;
      this.choices.reset(survey);
    } catch (error) {
      if (generation === this.#generation) {
        this.#survey = null;
        this.#error = error;
      }
    } finally {
      if (generation === this.#generation) this.#surveying = false;
    }
  }
}

export const draft = new ImportDraft();
