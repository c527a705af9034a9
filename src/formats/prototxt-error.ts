// How a text is refused: by the place that is wrong.
import { AppError } from '../core/errors';

/**
 * Refuses the text from `start` up to `end` (UTF-16 offsets).
 * @throws AppError 'bad-network' with details { line, column, start, end }; line and column count from 1.
 */
export function failAt(text: string, start: number, end: number, why: string): never {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < start; at = text.indexOf('\n', at + 1)) {
    line++;
    lineStart = at + 1;
  }
  throw new AppError('bad-network', `Line ${line}: ${why}`, {
    line,
    column: start - lineStart + 1,
    start,
    end,
  });
}
