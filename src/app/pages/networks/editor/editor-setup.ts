// What every prototxt editor has, and what only one to write in has besides.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language';
import { lintGutter, lintKeymap } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { completion } from './completion';
import { sinceProblems } from './diagnostics';
import { editorTheme } from './editor-theme';
import { prototxtSupport } from './language';
import { markedLines } from './marks';

const names = (label: string, describedBy: string | null) =>
  EditorView.contentAttributes.of({
    'aria-label': label,
    ...(describedBy === null ? {} : { 'aria-describedby': describedBy }),
  });

/** To read in: numbers, colours, folding, search. It takes the focus, so that keys scroll it. */
export function viewSetup(label: string): Extension {
  return [
    lineNumbers(),
    highlightSpecialChars(),
    drawSelection(),
    prototxtSupport,
    bracketMatching(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([...foldKeymap, ...searchKeymap, ...defaultKeymap]),
    editorTheme,
    EditorState.readOnly.of(true),
    names(label, null),
  ];
}

/** To write in. Tab indents; Escape, then Tab leaves. */
export function editorSetup(label: string, describedBy: string): Extension {
  return [
    lintGutter(),
    lineNumbers(),
    highlightSpecialChars(),
    history(),
    drawSelection(),
    dropCursor(),
    EditorState.allowMultipleSelections.of(true),
    prototxtSupport,
    indentUnit.of('  '),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    completion,
    highlightActiveLine(),
    highlightActiveLineGutter(),
    highlightSelectionMatches(),
    search({ top: true }),
    keymap.of([
      ...closeBracketsKeymap,
      ...completionKeymap,
      ...lintKeymap,
      ...foldKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    markedLines,
    sinceProblems,
    editorTheme,
    names(label, describedBy),
  ];
}
