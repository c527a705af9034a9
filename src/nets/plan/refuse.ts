import { AppError } from '../../core/errors';

/** @throws AppError 'bad-network' with the line of the prototxt that it is about. */
export function refuse(line: number, why: string): never {
  throw new AppError('bad-network', `Line ${line}: ${why}`, { line });
}
