import { AppError, type ErrorCode } from '../core/errors';

/** An error about a file. The message names it; `details.reason` is the sentence alone, for lists that name it already. */
export function fileError(code: ErrorCode, file: string, reason: string): AppError {
  return new AppError(code, `${file}: ${reason}`, { file, reason });
}
