// What a person chooses about an import, with what the files speak for as the beginning.
import { AppError, errorRecord } from '../../core/errors';
import { classProblems } from '../../data/class-edit';
import { moved, plannedList, plannedValues, planOf, withEnd, type PlannedClass } from '../../data/class-plan';
import { checkImportSettings } from '../../data/import-settings';
import type { ImportSettings, Survey } from '../../data/import-types';
import type { Alias, ClassList, LabelClass, LabelFormat, ResizeMode, Scale, Size } from '../../data/types';

export class ImportChoices {
  name = $state('');
  format = $state<LabelFormat | 'auto'>('auto');
  split = $state<'own' | 'share'>('own');
  validationPercent = $state<number | null>(10);
  seed = $state<number | null>(1);
  size = $state.raw<Size | null>(null);
  mode = $state<ResizeMode>('stretch');
  tile = $state.raw<Size | null>(null);
  overlap = $state<number | null>(0);
  maxVoidPercent = $state<number | null>(100);
  /** Values that are read as a class besides its own. */
  also = $state.raw<Alias[]>([]);
  unknown = $state<'reject' | 'void'>('reject');
  #plan = $state.raw<PlannedClass[]>([]);
  #source = $state.raw<ClassList>({ classes: [], voidClass: null });
  #found = $state.raw<LabelFormat | null>(null);

  /** What was found becomes what is chosen. */
  reset(survey: Survey): void {
    this.name = survey.name;
    this.format = 'auto';
    this.split = 'own';
    this.also = survey.also;
    this.unknown = 'reject';
    this.size = null;
    this.mode = 'stretch';
    this.tile = null;
    this.overlap = 0;
    this.maxVoidPercent = 100;
    this.#source = { classes: survey.classes, voidClass: survey.voidClass };
    this.#found = survey.format;
    this.#plan = planOf(this.#source);
  }

  /** The classes of the labels in the order of the dataset, with what becomes of each. */
  get plan(): readonly PlannedClass[] {
    return this.#plan;
  }
  get changed(): boolean {
    return JSON.stringify(this.#plan) !== JSON.stringify(planOf(this.#source));
  }
  get classes(): ClassList {
    return plannedList(this.#plan, this.#source);
  }
  get scale(): Scale | null {
    return this.size && { ...this.size, mode: this.mode };
  }
  /** How the labels are read, if it can be said. */
  get effectiveFormat(): LabelFormat | null {
    return this.format === 'auto' ? this.#found : this.format;
  }

  /** What is wrong with each class of the plan, in its order, or null. Classes that become others have no name to get wrong. */
  get classProblems(): (string | null)[] {
    const stays = ({ becomes }: PlannedClass) => becomes === 'class' || becomes === 'void';
    const found = classProblems(this.#plan.filter(stays));
    return this.#plan.map((item) => (stays(item) ? (found.shift() ?? null) : null));
  }

  /** Every value with its class, or the AppError that says why that cannot be told. */
  get values(): Alias[] | AppError | null {
    const format = this.effectiveFormat;
    if (!format) return null;
    try {
      return plannedValues(this.#plan, this.#source, format, this.also);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  }

  /** Gives a class another name or colour. */
  change(id: number, change: Partial<Pick<LabelClass, 'name' | 'colour'>>): void {
    this.#plan = this.#plan.map((item) => (item.id === id ? { ...item, ...change } : item));
  }

  become(id: number, becomes: PlannedClass['becomes']): void {
    this.#plan = withEnd(this.#plan, id, becomes);
  }

  move(id: number, to: number): void {
    this.#plan = moved(this.#plan, id, to);
  }

  undoClasses(): void {
    this.#plan = planOf(this.#source);
  }

  /** Reads a value that no class has as that class, as void for null, or no more for undefined. */
  readAs(value: number, id: number | null | undefined): void {
    const others = this.also.filter((alias) => alias.value !== value);
    this.also = id === undefined ? others : [...others, { value, id }];
  }

  /** The first thing that hinders the import, in a sentence; null where nothing does. */
  problem(survey: Survey): string | null {
    if (survey.pairs.train + survey.pairs.val === 0) {
      return 'No image has a label of the same name, so there is nothing to import. Check the folders’ roles above, or give folders whose files are called alike.';
    }
    if (this.validationPercent === null) return 'Give a validation share from 0 to 90 percent.';
    if (this.seed === null) return 'Give a seed: a whole number from 0.';
    if (this.overlap === null) return 'Give the overlap of tiles in pixels, or 0 for none.';
    if (this.maxVoidPercent === null)
      return 'Give the most void that a tile may have, from 0 to 100 percent.';
    if (this.values instanceof AppError) return this.values.message;
    // A class list may come with two classes of one colour: that can be imported as it is.
    const original = planOf(this.#source).map((item) => JSON.stringify(item));
    const edited = this.classProblems.find(
      (problem, i) => problem && !original.includes(JSON.stringify(this.#plan[i])),
    );
    if (edited) return edited;
    try {
      checkImportSettings(this.settings());
      return null;
    } catch (error) {
      return errorRecord(error).message;
    }
  }

  settings(): ImportSettings {
    const { values } = this;
    return {
      name: this.name.trim(),
      classes: this.classes,
      format: this.format === 'auto' ? null : this.format,
      split: this.split,
      validationPercent: this.validationPercent ?? NaN,
      seed: this.seed ?? NaN,
      scale: this.scale,
      tile: this.tile,
      overlap: this.tile ? (this.overlap ?? NaN) : 0,
      maxVoidPercent: this.maxVoidPercent ?? NaN,
      ...(values && !(values instanceof AppError) ? { values } : {}),
      unknown: this.unknown,
    };
  }
}
