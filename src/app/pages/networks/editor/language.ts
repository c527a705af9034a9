// Protocol Buffers' text format for CodeMirror: tokens, indentation, and folding by braces.
import {
  codeFolding,
  foldGutter,
  foldService,
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
  type StringStream,
} from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { tags } from '@lezer/highlight';
import { blockInside } from './scan';

interface State {
  depth: number;
  /** After a colon. */
  wantsValue: boolean;
  inList: boolean;
}

function sign(stream: StringStream, state: State): string {
  const char = stream.next();
  if (char === ':') state.wantsValue = !stream.match(/^\s*[{<]/, false);
  else if (char === '[' || char === ']') state.wantsValue = state.inList = char === '[';
  else if (char === '{' || char === '<') {
    state.depth++;
    state.wantsValue = state.inList = false;
  } else if (char === '}' || char === '>') {
    state.depth = Math.max(0, state.depth - 1);
    state.wantsValue = false;
  } else if (char !== ',' && char !== ';') return 'invalid';
  return char === '{' || char === '}' || char === '[' || char === ']' ? 'bracket' : 'punctuation';
}

/** The kind of the next token, in the names that StreamLanguage knows; null for space. */
function token(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (stream.peek() === '#') {
    stream.skipToEnd();
    return 'comment';
  }
  const isString = stream.match(/^"(?:\\.|[^"\\])*"?/) ?? stream.match(/^'(?:\\.|[^'\\])*'?/);
  if (isString) {
    state.wantsValue = state.inList;
    return 'string';
  }
  const word = stream.match(/^[\w.+-]+/);
  if (!word) return sign(stream, state);
  if (!state.wantsValue) return stream.match(/^\s*:?\s*[{<]/, false) ? 'typeName' : 'propertyName';
  state.wantsValue = state.inList;
  const text = stream.current();
  if (/^[+-]?(\d|\.\d)/.test(text)) return 'number';
  return text === 'true' || text === 'false' ? 'bool' : 'atom';
}

export const prototxt = StreamLanguage.define<State>({
  name: 'prototxt',
  startState: () => ({ depth: 0, wantsValue: false, inList: false }),
  copyState: (state) => ({ ...state }),
  token,
  indent: ({ depth }, after, context) => Math.max(0, depth - (/^\s*[}>]/.test(after) ? 1 : 0)) * context.unit,
  languageData: {
    commentTokens: { line: '#' },
    closeBrackets: { brackets: ['{', '[', '"', "'"] },
    indentOnInput: /^\s*[}>]$/,
  },
});

/** Few colours: names as ink, what one writes oneself a little towards the accent, comments faint. */
const highlighting = HighlightStyle.define([
  { tag: tags.typeName, color: 'var(--ink)', fontWeight: '600' },
  { tag: tags.propertyName, color: 'var(--ink-2)' },
  { tag: tags.string, color: 'color-mix(in oklab, var(--accent) 75%, var(--ink))' },
  { tag: [tags.number, tags.bool, tags.atom], color: 'color-mix(in oklab, var(--done) 60%, var(--ink))' },
  { tag: [tags.punctuation, tags.bracket], color: 'var(--ink-3)' },
  { tag: tags.comment, color: 'var(--ink-3)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--error)' },
]);

/** The braces that a line opens, to fold; null where it opens none that are closed on another line. */
export function foldOfLine(
  state: EditorState,
  from: number,
  to: number,
): { from: number; to: number } | null {
  if (!/[{<]/.test(state.sliceDoc(from, to))) return null;
  // No block of a network is longer.
  const block = blockInside(state.sliceDoc(from, from + 20_000), 0, to - from);
  return block && block.to > to - from ? { from: from + block.from, to: from + block.to } : null;
}

/** "conv1, Convolution": what a folded layer says of itself. */
export function foldedText(state: EditorState, range: { from: number; to: number }): string {
  const inside = state.sliceDoc(range.from, Math.min(range.to, range.from + 400));
  const value = (name: string) => new RegExp(`\\b${name}\\s*:\\s*["']?([\\w/.-]+)`).exec(inside)?.[1];
  const parts = [value('name'), value('type')].filter((part) => part !== undefined);
  return parts.length ? ` ${parts.join(', ')} ` : ' … ';
}

/** A mark of the fold gutter: a thin arrow, drawn by the style sheet. */
function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement('span');
  marker.className = open ? 'fold open' : 'fold';
  marker.title = open ? 'Fold' : 'Unfold';
  return marker;
}

export const prototxtSupport: Extension = [
  prototxt,
  syntaxHighlighting(highlighting),
  foldService.of(foldOfLine),
  foldGutter({ markerDOM: foldMarker }),
  codeFolding({
    preparePlaceholder: foldedText,
    placeholderDOM: (_view, onclick, prepared) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'folded';
      button.textContent = String(prepared);
      button.setAttribute('aria-label', `Unfold ${String(prepared).trim()}`);
      button.onclick = onclick;
      return button;
    },
  }),
];
