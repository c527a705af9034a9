// Label maps as text: a line per row, a whole number per pixel, as SYNTHIA's GTTXT has them.
import { fileError } from './file-error';
import { sizeProblem } from './png-chunks';

export interface IdMap {
  width: number;
  height: number;
  ids: Uint16Array;
}

const isDigit = (byte: number) => byte >= 48 && byte <= 57;
/** Space, tab, comma, semicolon. */
const isGap = (byte: number) => byte === 32 || byte === 9 || byte === 44 || byte === 59;
const isEnd = (byte: number) => byte === 10 || byte === 13;

/** Whether the bytes begin like a file of numbers, so that it is worth reading them as one. */
export function looksLikeIds(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, 256);
  return start.some(isDigit) && start.every((byte) => isDigit(byte) || isGap(byte) || isEnd(byte));
}

/** Reads rows of numbers from 0 to 65535. Throws AppError 'bad-label' naming the line. */
export function parseIdText(bytes: Uint8Array, file: string): IdMap {
  let ids = new Uint16Array(Math.min(1 << 20, bytes.length + 1));
  let count = 0;
  let width = 0;
  let height = 0;
  let line = 1;
  let inRow = 0;
  const fail = (reason: string) => fileError('bad-label', file, `line ${line} ${reason}`);
  const endRow = () => {
    if (inRow === 0) return;
    if (height === 0) width = inRow;
    else if (inRow !== width) {
      throw fail(`has ${inRow} numbers, but the lines before have ${width}. Each row of pixels is one line.`);
    }
    height++;
    inRow = 0;
  };
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    if (isDigit(byte)) {
      let id = 0;
      for (; at < bytes.length && isDigit(bytes[at]!); at++) id = Math.min(id * 10 + bytes[at]! - 48, 65536);
      if (id > 65535) throw fail('has a number above 65535, which is no class.');
      if (count === ids.length) ids = grown(ids);
      ids[count++] = id;
      inRow++;
      continue;
    }
    if (isEnd(byte)) {
      endRow();
      if (byte === 10) line++;
    } else if (!isGap(byte)) {
      throw fail(`has "${String.fromCharCode(byte)}" among the numbers. Rows of whole numbers are read.`);
    }
    at++;
  }
  endRow();
  const problem = sizeProblem(width, height);
  if (problem) throw fileError('bad-label', file, problem.replace('its header says', 'it holds'));
  return { width, height, ids: ids.slice(0, count) };
}

function grown(ids: Uint16Array<ArrayBuffer>): Uint16Array<ArrayBuffer> {
  const larger = new Uint16Array(ids.length * 2);
  larger.set(ids);
  return larger;
}
