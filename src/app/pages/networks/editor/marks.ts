// Lines that are tinted: those of a layer that is selected elsewhere, and those that differ in a comparison.
import {
  RangeSetBuilder,
  StateEffect,
  StateField,
  type EditorState,
  type Extension,
} from '@codemirror/state';
import { Decoration, EditorView, gutter, GutterMarker, type DecorationSet } from '@codemirror/view';
import { blockInside } from './scan';

const none = Decoration.none;
const marked = Decoration.line({ class: 'cm-marked' });
const changed = Decoration.line({ class: 'cm-changed' });

/** Numbers of the first and the last line, from 1. */
export interface LineRange {
  from: number;
  to: number;
}

const setMarked = StateEffect.define<DecorationSet>();

/** Decorations that an effect replaces and that move with the text. */
export const markedLines = StateField.define<DecorationSet>({
  create: () => none,
  update(lines, transaction) {
    const given = transaction.effects.find((effect) => effect.is(setMarked));
    return given ? given.value : lines.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorate(state: EditorState, ranges: readonly LineRange[], mark: Decoration): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  const lines = ranges.flatMap(({ from, to }) =>
    Array.from({ length: Math.max(0, Math.min(to, state.doc.lines) - from + 1) }, (_, i) => from + i),
  );
  for (const line of [...new Set(lines)].filter((number) => number > 0).sort((a, b) => a - b)) {
    const { from } = state.doc.line(line);
    builder.add(from, from, mark);
  }
  return builder.finish();
}

/** The lines of the block that begins on a line, or the line alone; null where there is no such line. */
export function linesOfBlock(state: EditorState, number: number): LineRange | null {
  if (number < 1 || number > state.doc.lines) return null;
  const line = state.doc.line(number);
  const block = blockInside(state.sliceDoc(line.from, line.from + 20_000), 0, line.length);
  return { from: number, to: block ? state.doc.lineAt(line.from + block.to).number : number };
}

/** Marks the lines of a range, or none. */
export function markLines(state: EditorState, range: LineRange | null): StateEffect<DecorationSet> {
  return setMarked.of(range ? decorate(state, [range], marked) : none);
}

class Sign extends GutterMarker {
  constructor(readonly text: string) {
    super();
  }
  override toDOM(): Text {
    return document.createTextNode(this.text);
  }
}

/** Tints changed lines for good, with a sign before each. */
export function changedLines(ranges: readonly LineRange[], sign: string): Extension {
  const marker = new Sign(sign);
  const isChanged = (number: number) => ranges.some(({ from, to }) => number >= from && number <= to);
  return [
    EditorView.decorations.of((view) => decorate(view.state, ranges, changed)),
    gutter({
      class: 'cm-sign',
      lineMarker: (view, line) => (isChanged(view.state.doc.lineAt(line.from).number) ? marker : null),
    }),
  ];
}
