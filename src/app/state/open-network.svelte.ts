// A network while it is edited: its text, stored by itself shortly after each change.
import { AppError, errorFromRecord, errorRecord } from '../../core/errors';
import { renameNetwork } from '../../nets/surgery/rename-network';
import type { NetworkDraft, NetworkRecord } from '../../nets/network-record';

/** How long typing must rest before the text is stored. */
const REST_MS = 500;

/** The text under another name; as it is where it cannot be read. */
function withName(prototxt: string, name: string): string {
  try {
    return renameNetwork(prototxt, name);
  } catch {
    return prototxt;
  }
}

export interface BuiltIn {
  id: string;
  name: string;
  prototxt: string;
}

export interface NetworkKeeper {
  save(draft: NetworkDraft): Promise<NetworkRecord>;
  /** A name for a copy of a built-in network. */
  nameCopy(name: string): string;
  /** Called when a built-in network was changed, which made a copy. */
  oncopy(copy: NetworkRecord): void;
  /** Deletes a copy whose text is that of the built-in network again. */
  discard(id: string): Promise<void>;
  /** Called when that copy is gone. */
  onback(builtIn: BuiltIn): void;
}

export class OpenNetwork {
  readonly #keeper: NetworkKeeper;
  readonly #builtIn: BuiltIn | null;
  #record = $state.raw<NetworkRecord | null>(null);
  #text = $state('');
  #saving = $state(false);
  #error = $state.raw<unknown>(null);
  /** The name that the copy was given; a person who gives it another wants to keep it. */
  #copyName: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(source: NetworkRecord | BuiltIn, keeper: NetworkKeeper) {
    this.#keeper = keeper;
    const isOwn = 'schema' in source;
    this.#builtIn = isOwn ? null : source;
    this.#record = isOwn ? source : null;
    this.#text = source.prototxt;
  }

  /** What is stored; null while a built-in network is as it came. */
  get record(): NetworkRecord | null {
    return this.#record;
  }

  get name(): string {
    return (this.#record ?? this.#builtIn)!.name;
  }

  /** The built-in network that this was opened as, whether it is a copy by now or not. */
  get builtIn(): BuiltIn | null {
    return this.#builtIn;
  }

  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    if (text === this.#text) return;
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), REST_MS);
  }

  /** Whether the text differs from what is stored. */
  get dirty(): boolean {
    return this.#text !== (this.#record ?? this.#builtIn)!.prototxt;
  }

  get saving(): boolean {
    return this.#saving;
  }

  /** Why the text could not be stored the last time, if it could not; the text is kept here. */
  get error(): unknown {
    return this.#error;
  }

  /** Stores what is not stored yet, now. Never rejects. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#inTurn(() => {
      if (!this.dirty) return;
      return this.#isNoChange ? this.#discard() : this.#save(this.name);
    });
  }

  /** Gives one's own network another name, in its text too where it has one. @throws what storing throws */
  async rename(name: string): Promise<void> {
    if (!this.#record)
      throw new AppError('bad-settings', 'A built-in network keeps its name. Duplicate it first.');
    const before = this.#text;
    const renamed = withName(before, name.trim());
    this.#text = renamed;
    await this.#inTurn(() => this.#save(name));
    if (this.#error) {
      if (this.#text === renamed) this.#text = before;
      const error = errorFromRecord(errorRecord(this.#error));
      // The old name stands, so nothing is unsaved.
      this.#error = null;
      throw error;
    }
  }

  /** Takes over what another tab has stored, unless there is something of one's own to store. */
  adopt(record: NetworkRecord): void {
    if (!this.#record || this.#saving || this.dirty) return;
    if (record.id !== this.#record.id || record.changedAt <= this.#record.changedAt) return;
    this.#record = record;
    this.#text = record.prototxt;
  }

  /** Whether the copy that was made here has become what it was copied from. */
  get #isNoChange(): boolean {
    return (
      this.#record !== null && this.#record.name === this.#copyName && this.#text === this.#builtIn?.prototxt
    );
  }

  async #discard(): Promise<void> {
    this.#saving = true;
    try {
      await this.#keeper.discard(this.#record!.id);
      this.#record = null;
      this.#error = null;
      this.#keeper.onback(this.#builtIn!);
    } catch (error) {
      this.#error = error;
    } finally {
      this.#saving = false;
    }
  }

  #inTurn(work: () => Promise<void> | undefined): Promise<void> {
    this.#queue = this.#queue.then(work);
    return this.#queue;
  }

  async #save(name: string): Promise<void> {
    const first = this.#record === null;
    this.#saving = true;
    try {
      this.#record = await this.#keeper.save({
        ...(this.#record
          ? { id: this.#record.id, name }
          : { name: this.#keeper.nameCopy(name), origin: { kind: 'zoo', id: this.#builtIn!.id } }),
        prototxt: this.#text,
      });
      this.#error = null;
      if (!first) return;
      this.#copyName = this.#record.name;
      this.#keeper.oncopy(this.#record);
    } catch (error) {
      this.#error = error;
    } finally {
      this.#saving = false;
    }
  }
}
