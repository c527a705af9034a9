// Suggestions as CodeMirror completes them, with what belongs after a field's name.
import {
  autocompletion,
  snippet,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { suggestionsAt, type Suggestion } from './suggestions';

const templates = { message: ' {\n\t#{}\n}', string: ': "#{}"', choice: ': #{}', number: ': #{}' };

/** Puts a field's name in place, with colon, quotes or braces unless they are there already. */
function applyField({ label, follows }: Suggestion) {
  return (view: EditorView, completion: Completion, from: number, to: number) => {
    const after = view.state.sliceDoc(to, to + 20);
    const template = follows && !/^\s*[:{]/.test(after) ? templates[follows] : '';
    snippet(label + template)(view, completion, from, to);
    // Where the value is one of few, they are offered at once.
    if (template && (follows === 'string' || follows === 'choice')) startCompletion(view);
  };
}

/** CodeMirror's source; without being asked it waits for a letter where a name may stand. */
export function complete({ state, pos, explicit }: CompletionContext): CompletionResult | null {
  const found = suggestionsAt(state.doc.toString(), pos);
  if (!found) return null;
  const isName = found.list[0]!.follows !== null;
  if (!explicit && isName && found.from === pos) return null;
  return {
    from: found.from,
    options: found.list.map((suggestion, i): Completion => ({
      label: suggestion.label,
      detail: suggestion.detail,
      // What comes first in the list stays first among equals.
      boost: -Math.min(i, 90),
      ...(suggestion.info ? { info: suggestion.info } : {}),
      ...(suggestion.follows ? { apply: applyField(suggestion) } : {}),
    })),
    validFor: isName ? /^\w*$/ : /^[^"'\s]*$/,
  };
}

export const completion: Extension = autocompletion({
  override: [complete],
  icons: false,
  maxRenderedOptions: 60,
});
