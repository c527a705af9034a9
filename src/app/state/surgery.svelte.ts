// A network on its way from a classifier to one that labels pixels: each step from the one before, recalculated as choices change.
import { errorRecord } from '../../core/errors';
import type { Size } from '../../data/types';
import { addDenseHead, type DenseHead } from '../../nets/surgery/dense-head';
import { renameNetwork } from '../../nets/surgery/rename-network';
import { addSkips, skipCandidates, type SkipCandidate, type WithSkips } from '../../nets/surgery/skips';
import { readViews } from '../../nets/surgery/views';
import { headNumbersTold } from './surgery-head';
import { fcnName } from './surgery-names';
import { hasInnerProduct, turnNetwork, type Turned } from './surgery-turn';

/** What a step gave, or why it could not be made. */
export type Outcome<Value> = { value: Value; error: null } | { value: null; error: StepError };

export interface StepError {
  message: string;
  /** The line in the network's text, where it is one layer's fault. */
  line: number | null;
}

export function outcome<Value>(step: () => Value): Outcome<Value> {
  try {
    return { value: step(), error: null };
  } catch (error) {
    const { message, details } = errorRecord(error);
    const { line } = details;
    return { value: null, error: { message, line: typeof line === 'number' ? line : null } };
  }
}

export interface Candidate extends SkipCandidate {
  pooling: boolean;
}

/** How many skips are offered at once: one makes a 16s of a 32s, two an 8s. */
export const MOST_SKIPS = 2;

/** What a text declares where nothing else is known: the size of the FCN paper's pictures. */
const paperSize: Size = { width: 500, height: 375 };

function candidatesOf(prototxt: string): Candidate[] {
  const { spec } = readViews(prototxt)[0]!;
  const isPooling = (name: string) =>
    spec.layers.some((layer) => layer.name === name && layer.type === 'Pooling');
  return skipCandidates(prototxt).map((one) => ({ ...one, pooling: isPooling(one.layer) }));
}

export type SurgeryStart = 'classifier' | 'convolutional' | 'dense';

export class Surgery {
  readonly name: string;
  #text = $state('');
  /** What the classifier takes, where its file does not say so; null for what it says, or 224 x 224. */
  window = $state.raw<Size | null>(null);
  classes = $state(12);
  /** What the new text declares as its image. */
  size = $state.raw<Size>(paperSize);
  withHead = $state(true);
  #skips = $state.raw<readonly string[]>([]);
  /** The steps that are calculated: the later ones take their time, and the page should be there first. */
  #depth = $state(1);

  constructor(name: string, text: string) {
    this.name = name;
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
  }

  get depth(): number {
    return this.#depth;
  }

  /** Calculates one step more. */
  deepen(): void {
    this.#depth = Math.min(3, this.#depth + 1);
  }

  /** What there is to begin with. */
  readonly start: Outcome<SurgeryStart> = $derived.by(() =>
    outcome(() => {
      if (hasInnerProduct(this.#text)) return 'classifier';
      return outcome(() => headNumbersTold(this.#text, { stride: 1, kernel: 1, offset: 0 })).value
        ? 'dense'
        : 'convolutional';
    }),
  );

  /** The first step; null where there is nothing to turn. */
  readonly turned: Outcome<Turned> | null = $derived.by(() =>
    this.start.value === 'classifier' ? outcome(() => turnNetwork(this.#text, this.window)) : null,
  );

  /** The network without inner products; null where there is none. */
  readonly #convolutional = $derived(
    this.turned ? (this.turned.value?.prototxt ?? null) : this.start.value ? this.#text : null,
  );

  /** The second step; null where it is not wanted or the network has a head already, or while it is not calculated. */
  readonly head: Outcome<DenseHead> | null = $derived.by(() => {
    const text = this.#convolutional;
    if (text === null || this.start.value === 'dense' || !this.withHead || this.#depth < 2) return null;
    return outcome(() => addDenseHead(text, { classes: this.classes, size: this.size }));
  });

  /** The network that skips join; null where there is none. */
  readonly #dense = $derived(
    this.start.value === 'dense' ? this.#text : (this.head?.value?.prototxt ?? null),
  );

  readonly candidates: Outcome<Candidate[]> | null = $derived.by(() => {
    const text = this.#dense;
    return text === null || this.#depth < 3 ? null : outcome(() => candidatesOf(text));
  });

  /** The chosen skips that there are, as the network is now. */
  readonly skips: readonly string[] = $derived.by(() => {
    const fitting = this.candidates?.value?.filter(({ why }) => why === null) ?? [];
    return this.#skips.filter((name) => fitting.some(({ layer }) => layer === name));
  });

  toggleSkip(layer: string): void {
    const { skips } = this;
    if (skips.includes(layer)) this.#skips = skips.filter((name) => name !== layer);
    else if (skips.length < MOST_SKIPS) this.#skips = [...skips, layer];
  }

  /** The third step; null where no skip is chosen. */
  readonly skipped: Outcome<WithSkips> | null = $derived.by(() => {
    const text = this.#dense;
    return text === null || this.skips.length === 0 ? null : outcome(() => addSkips(text, this.skips));
  });

  /** The finest stride at which classes are scored; null without skips. */
  readonly finest = $derived(this.skipped?.value?.final.stride ?? null);

  readonly suggestedName = $derived.by(() => fcnName(this.name, this.finest));

  /** Where all chosen steps lead; null while one of them failed or is not calculated. */
  readonly result: string | null = $derived.by(() => {
    if (this.#convolutional === null) return null;
    const dense = this.withHead || this.start.value === 'dense';
    const text = this.skips.length
      ? this.skipped?.value?.prototxt
      : dense
        ? this.#dense
        : this.#convolutional;
    if (text === null || text === undefined || text === this.#text) return null;
    return renameNetwork(text, this.suggestedName);
  });
}
