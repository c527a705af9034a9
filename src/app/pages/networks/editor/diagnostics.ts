// The network's problems as CodeMirror shows them: underlined, marked in the gutter, with their repair at hand.
import { setDiagnostics, type Diagnostic } from '@codemirror/lint';
import {
  ChangeSet,
  StateEffect,
  StateField,
  type ChangeDesc,
  type EditorState,
  type Text,
  type TransactionSpec,
} from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { NetworkProblem } from '../../../../nets/problem';

type Fix = NonNullable<NetworkProblem['fix']>;

const arrived = StateEffect.define<null>();

/** What has changed since the problems were found: the offsets of their repairs are those of the text as it was then. */
export const sinceProblems = StateField.define<ChangeDesc>({
  create: (state) => ChangeSet.empty(state.doc.length),
  update(since, transaction) {
    if (transaction.effects.some((effect) => effect.is(arrived))) {
      return ChangeSet.empty(transaction.newDoc.length);
    }
    return transaction.docChanged ? since.composeDesc(transaction.changes.desc) : since;
  },
});

/** Makes a repair's edits, where the text has changed since at the places that they have now. */
export function applyFix(view: EditorView, fix: Fix): void {
  const since = view.state.field(sinceProblems);
  const changes = fix.edits
    .filter(({ end }) => end <= since.length)
    .map(({ start, end, insert }) => {
      const from = since.mapPos(start, -1);
      return { from, to: Math.max(from, since.mapPos(end, 1)), insert };
    });
  view.dispatch({ changes, userEvent: 'input.fix' });
}

/** Where a problem is underlined: its place, or what its line says; never more than one line. */
export function placeOf(doc: Text, { line, start, end }: NetworkProblem): { from: number; to: number } {
  if (start === undefined || start > doc.length) {
    const { from, to, text } = doc.line(Math.min(Math.max(1, line), doc.lines));
    return { from: from + (text.length - text.trimStart().length), to };
  }
  const { to } = doc.lineAt(start);
  return { from: start, to: Math.max(start, Math.min(end ?? to, to)) };
}

/** The transaction that shows problems in place of those before. */
export function showProblems(state: EditorState, problems: readonly NetworkProblem[]): TransactionSpec {
  const diagnostics = problems
    .map((problem): Diagnostic => {
      const { severity, message, fix } = problem;
      const actions = fix ? [{ name: fix.label, apply: (view: EditorView) => applyFix(view, fix) }] : [];
      return { ...placeOf(state.doc, problem), severity, message, actions };
    })
    .sort((a, b) => a.from - b.from);
  const spec = setDiagnostics(state, diagnostics);
  return { ...spec, effects: [spec.effects ?? [], arrived.of(null)].flat() };
}
