// Text format in tokens, however broken it is: what completion, folding and marking look at.

export interface Token {
  kind: 'word' | 'string' | 'comment' | 'sign';
  from: number;
  to: number;
}

const pattern = /#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|[\w.+-]+|[^\s]/gy;

function kindOf(first: string): Token['kind'] {
  if (first === '#') return 'comment';
  if (first === '"' || first === "'") return 'string';
  return /[\w.+-]/.test(first) ? 'word' : 'sign';
}

/** The tokens from one offset to another; none is refused, a string may lack its end. */
export function* scan(text: string, from = 0, to = text.length): Generator<Token> {
  const part = to === text.length ? text : text.slice(0, to);
  let at = from;
  while (at < to) {
    if (/\s/.test(part[at]!)) {
      at++;
      continue;
    }
    pattern.lastIndex = at;
    const length = pattern.exec(part)?.[0].length ?? 1;
    yield { kind: kindOf(part[at]!), from: at, to: at + length };
    at += length;
  }
}

/** Whether a string token has its closing quote. */
export function isClosed(text: string, { from, to }: Token): boolean {
  return (
    to - from > 1 &&
    text[to - 1] === text[from] &&
    !/\\$/.test(text.slice(from, to - 1).replaceAll('\\\\', ''))
  );
}

/** What lies between the brace that opens last and unclosed in `from` to `lineEnd`, and its end; null where there is none. */
export function blockInside(
  text: string,
  from: number,
  lineEnd: number,
): { from: number; to: number } | null {
  const opened: number[] = [];
  let start: number | null = null;
  for (const token of scan(text, from)) {
    if (start === null && token.from >= lineEnd) {
      start = opened.at(-1) ?? null;
      if (start === null) return null;
      opened.length = 1;
    }
    if (token.kind !== 'sign') continue;
    const sign = text[token.from];
    if (sign === '{' || sign === '<') opened.push(token.to);
    else if (sign === '}' || sign === '>') {
      if (start !== null && opened.length === 1) return { from: start, to: token.from };
      opened.pop();
    }
  }
  return null;
}
