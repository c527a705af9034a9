/** Every code an error may carry. The texts live where the error is thrown: what happened, why, what to do. */
export type ErrorCode =
  | 'aborted'
  | 'bad-classes'
  | 'bad-file'
  | 'bad-image'
  | 'bad-label'
  | 'bad-network'
  | 'bad-settings'
  | 'bad-weights'
  | 'device-lost'
  | 'gpu-error'
  | 'internal'
  | 'no-backend'
  | 'no-pairs'
  | 'not-finite'
  | 'not-found'
  | 'out-of-gpu-memory'
  | 'storage-failed'
  | 'storage-full'
  | 'taken-over'
  | 'worker-died';

/** Whether it was the graphics device that failed: the same may succeed on a new device, or on another backend. */
export const isDeviceFailure = (code: ErrorCode): boolean =>
  code === 'device-lost' || code === 'out-of-gpu-memory' || code === 'gpu-error';

/** A value that survives structured cloning and JSON alike. */
export type Details = Readonly<
  Record<string, string | number | boolean | null | readonly string[] | readonly number[]>
>;

/** An error as it crosses a thread or is printed by the terminal driver. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  details: Details;
}

/** An error meant for a person: the message says what, why and what to do, and names the file it is about. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The record of any thrown value; what is not an AppError is a fault of ours and keeps its name and text. */
export function errorRecord(error: unknown): ErrorRecord {
  if (error instanceof AppError) return { code: error.code, message: error.message, details: error.details };
  if (error instanceof DOMException && error.name === 'AbortError') {
    return { code: 'aborted', message: 'Stopped.', details: {} };
  }
  if (error instanceof DOMException && error.name === 'QuotaExceededError') {
    return {
      code: 'storage-full',
      message:
        'The browser has no storage left for this page. Delete a dataset or free disk space, then try again.',
      details: {},
    };
  }
  if (error instanceof Error) {
    return {
      code: 'internal',
      message: `${error.name}: ${error.message}`,
      details: { stack: error.stack ?? '' },
    };
  }
  return { code: 'internal', message: String(error), details: {} };
}

/** The inverse of errorRecord, for the side that receives it. */
export function errorFromRecord(record: ErrorRecord): AppError {
  return new AppError(record.code, record.message, record.details);
}
