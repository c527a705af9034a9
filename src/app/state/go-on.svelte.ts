// Going on with an import that was ended: a city by itself, files once they were given again and are the same.
import { sameFiles, type FilesPlan, type ImportPlan } from '../../data/import-plan';
import type { DatasetId, FoundFile, Rejection } from '../../data/types';
import { filesOfHandles } from '../files/pick-folder';
import { goOnImporting } from '../import-verbs';

class GoOn {
  #waiting = $state.raw<FilesPlan | null>(null);
  #given = $state.raw<FoundFile[]>([]);
  #problems = $state.raw<Rejection[]>([]);
  #error = $state.raw<unknown>(null);

  /** The plan whose files are asked for: what is dropped on its page goes to it. */
  get waiting(): FilesPlan | null {
    return this.#waiting;
  }
  /** What is missing of the files, or differs; empty before any were given. */
  get problems(): Rejection[] {
    return this.#problems;
  }
  get error(): unknown {
    return this.#error;
  }

  /** Asks for the files of a dataset's import; null when its page is left. */
  ask(plan: FilesPlan | null): void {
    this.#waiting = plan;
    this.#given = [];
    this.#problems = [];
    this.#error = null;
  }

  fail(error: unknown): void {
    this.#error = error;
  }

  /** Goes on without asking, if that can be: with a city, or where the person lets the page read the files again. */
  async start(plan: ImportPlan): Promise<void> {
    if (plan.kind === 'city') return this.#run(plan.dataset, []);
    const files = plan.handles.length > 0 ? await filesOfHandles(plan.handles) : null;
    if (files) await this.give(files);
  }

  /** Takes files of the import; goes on when all are there. Folders may come one after the other. */
  async give(files: readonly FoundFile[]): Promise<void> {
    const plan = this.#waiting;
    if (!plan) return;
    this.#error = null;
    const given = [...this.#given, ...files];
    this.#given = given;
    const { problems } = await sameFiles(plan.files, given);
    // Meanwhile more may have been given, or the page was left.
    if (given !== this.#given) return;
    this.#problems = problems;
    if (problems.length === 0) await this.#run(plan.dataset, given);
  }

  async #run(id: DatasetId, files: readonly FoundFile[]): Promise<void> {
    this.#error = null;
    try {
      await goOnImporting(id, files);
      this.ask(null);
    } catch (error) {
      this.#error = error;
    }
  }
}

export const goOn = new GoOn();
