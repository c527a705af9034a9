// Where a brace is missing: a parser can only tell that one is, the indentation tells where the writer meant it.
import { parsePrototxt } from '../formats/prototxt';
import type { NetworkProblem } from './problem';

interface Line {
  number: number;
  indent: number;
  /** Where its last word or sign ends, before spaces and a comment. */
  end: number;
  closes: boolean;
}

interface Opener {
  name: string;
  line: Line;
}

const tokens = /#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[\w.+-]+|[{}\n]/g;

/** The first line that is indented no deeper than the line of a brace that is still open, with that brace and the line before. */
function firstReturn(text: string): { opener: Opener; before: Line } | null {
  const open: Opener[] = [];
  let number = 1;
  let lineStart = 0;
  let line = null as Line | null;
  let name = '';
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '\n') {
      number++;
      lineStart = index + 1;
      continue;
    }
    if (token.startsWith('#')) continue;
    if (line?.number !== number) {
      const before = line;
      const closes = token === '}';
      const indent = index - lineStart;
      line = { number, indent, end: index, closes };
      const opener = open.at(-1);
      if (before && opener && (closes ? indent < opener.line.indent : indent <= opener.line.indent))
        return { opener, before };
    }
    line.end = index + token.length;
    if (token === '{') open.push({ name, line });
    else if (token === '}') open.pop();
    else if (/^[a-z_]/i.test(token)) name = token;
  }
  return null;
}

/**
 * For a text that lacks a closing brace: the line after which it is likely missing, with the repair. null where the
 * indentation does not tell, or the repaired text could not be read either.
 */
export function missingBrace(text: string): NetworkProblem | null {
  const found = firstReturn(text);
  if (!found) return null;
  const { opener, before } = found;
  const insert = opener.line === before ? ' }' : `\n${' '.repeat(opener.line.indent)}}`;
  const edits = [{ start: before.end, end: before.end, insert }];
  try {
    parsePrototxt(text.slice(0, before.end) + insert + text.slice(before.end));
  } catch {
    return null;
  }
  return {
    severity: 'error',
    message: `the "{" of "${opener.name}" in line ${opener.line.number} is never closed. By the indentation, its "}" is missing here.`,
    line: before.number,
    start: text.lastIndexOf('\n', before.end - 1) + 1 + before.indent,
    end: before.end,
    fix: { label: 'Add the "}"', edits },
  };
}
