// Edits of a network's text, layer by layer, and what each of them changed: the definitions before and after.
import { applyEdits, type TextEdit } from '../../formats/prototxt';
import { newlineOf, removeField } from '../edit-prototxt';
import type { LayerText, NetText } from './layer-text';

/** One layer that was changed, added (`before` is null) or removed (`after` is null). */
export interface LayerChange {
  layer: string;
  /** The definition as it was, and as it is now. */
  before: string | null;
  after: string | null;
  /** Lines, from 1, in the text as it was and as it is now. */
  lineBefore: number | null;
  lineAfter: number | null;
  /** A sentence. */
  why: string;
}

export interface NewLayer {
  name: string;
  /** "layer { ... }" without a newline at the end. */
  text: string;
  why: string;
}

interface Entry {
  layer: string;
  old: LayerText | null;
  edits: TextEdit[];
  added: string | null;
  why: string;
}

export class SurgeryRecord {
  readonly #net: NetText;
  readonly #entries: Entry[] = [];
  readonly #other: TextEdit[] = [];

  constructor(net: NetText) {
    this.#net = net;
  }

  /** Changes a layer within its braces; called again, it changes more and adds its reason. */
  change(layer: LayerText, edits: readonly TextEdit[], why: string): void {
    const known = this.#entries.find(({ old, added }) => old === layer && added === null);
    if (!known) {
      this.#entries.push({ layer: layer.name, old: layer, edits: [...edits], added: null, why });
      return;
    }
    known.edits.push(...edits);
    if (!known.why.includes(why)) known.why += ` ${why}`;
  }

  /** Takes a layer out; what it was changed to before does not matter any more. */
  remove(layer: LayerText, why: string): void {
    const at = this.#entries.findIndex(({ old }) => old === layer);
    if (at >= 0) this.#entries.splice(at, 1);
    const edit = removeField(this.#net.text, layer.field);
    this.#entries.push({ layer: layer.name, old: layer, edits: [edit], added: null, why });
  }

  /** Puts layers at the place of one that is removed, or at the end of the text. */
  insert(layers: readonly NewLayer[], place: LayerText | null): void {
    const { text } = this.#net;
    const newline = newlineOf(text);
    const at = place ? text.lastIndexOf('\n', place.field.start) + 1 : text.length;
    // A layer that shares its line with others gets its successors on lines of their own.
    const lead = place
      ? /^[ \t]*$/.test(text.slice(at, place.field.start))
        ? ''
        : null
      : text && !text.endsWith('\n')
        ? newline
        : '';
    const start = lead === null ? place!.field.start : at;
    for (const [i, { name, text: body, why }] of layers.entries()) {
      const before = i > 0 ? '' : (lead ?? newline);
      const insert = before + body.replaceAll('\n', newline) + newline;
      const edit = { start, end: start, insert };
      this.#entries.push({ layer: name, old: null, edits: [edit], added: insert, why });
    }
  }

  /** An edit outside the layers. */
  edit(edit: TextEdit): void {
    this.#other.push(edit);
  }

  /** The text with all edits made, and the changes in the order of the text. */
  finish(): { prototxt: string; changes: LayerChange[] } {
    const { text } = this.#net;
    const edits = merged([...this.#entries.flatMap((entry) => entry.edits), ...this.#other]);
    const prototxt = applyEdits(text, edits);
    const newStart = new Map<TextEdit, number>();
    let grown = 0;
    for (const edit of edits) {
      newStart.set(edit, edit.start + grown);
      grown += edit.insert.length - (edit.end - edit.start);
    }
    const moved = (at: number) =>
      edits.reduce(
        (sum, { start, end, insert }) => (end <= at ? sum + insert.length - (end - start) : sum),
        at,
      );
    const lineAt = (at: number) => prototxt.slice(0, at).split('\n').length;
    const changes = this.#entries.map(({ layer, old, edits: own, added, why }): LayerChange => {
      if (!old) {
        const body = added!.trimStart();
        const at = newStart.get(own[0]!)! + added!.length - body.length;
        const after = body.trimEnd();
        return { layer, before: null, after, lineBefore: null, lineAfter: lineAt(at), why };
      }
      const { start, end, line } = old.field;
      const before = text.slice(start, end);
      const removed = own.some((edit) => edit.start <= start && edit.end >= end);
      if (removed) return { layer, before, after: null, lineBefore: line, lineAfter: null, why };
      const shifted = own.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
      const after = applyEdits(before, merged(shifted));
      return { layer, before, after, lineBefore: line, lineAfter: lineAt(moved(start)), why };
    });
    const place = (change: LayerChange) =>
      change.lineAfter ?? lineAt(moved(offsetOf(text, change.lineBefore!)));
    return { prototxt, changes: changes.sort((a, b) => place(a) - place(b)) };
  }
}

function offsetOf(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line; i++) at = text.indexOf('\n', at) + 1;
  return at;
}

/** The edits in the order of the text. Neighbours that are both removed may claim the same spaces between them. */
function merged(edits: readonly TextEdit[]): TextEdit[] {
  const sorted = [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
  return sorted.reduce<TextEdit[]>((done, edit) => {
    const last = done.at(-1);
    if (!last || last.insert || edit.insert || edit.start >= last.end) return [...done, edit];
    return [...done.slice(0, -1), { ...last, end: Math.max(last.end, edit.end) }];
  }, []);
}
