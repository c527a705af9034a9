import { afterEach, describe, expect, it } from 'vitest';
import { AppError } from '../core/errors';
import { connect, type Connection } from './connect';
import type { EchoApi } from './testing/echo.worker';

const open = (): Connection<EchoApi> =>
  connect<EchoApi>(
    new Worker(new URL('./testing/echo.worker.ts', import.meta.url), { type: 'module' }),
    'echo',
  );

async function errorOf(promise: Promise<unknown>): Promise<AppError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AppError);
  return error as AppError;
}

describe('a connection', () => {
  let connection: Connection<EchoApi>;
  afterEach(() => connection.terminate());

  it('answers calls, also one made before the worker has loaded', async () => {
    connection = open();
    expect(await Promise.all([connection.api.add(1, 2), connection.api.add(3, 4)])).toEqual([3, 7]);
    expect(connection.pending()).toBe(0);
  });

  it('keeps code, message and details of an error', async () => {
    connection = open();
    const error = await errorOf(connection.api.refuse());
    expect(error).toMatchObject({
      code: 'bad-image',
      message: 'picture.png is damaged.',
      details: { file: 'picture.png' },
    });
  });

  it('keeps name and text of a fault of ours', async () => {
    connection = open();
    expect(await errorOf(connection.api.stumble())).toMatchObject({
      code: 'internal',
      message: 'TypeError: a fault',
    });
  });

  it('calls back while a call is going on', async () => {
    connection = open();
    const told: number[] = [];
    await connection.api.count(3, (n) => told.push(n));
    expect(told).toEqual([1, 2, 3]);
  });

  it('hands over the buffers of a function that transfers', async () => {
    connection = open();
    const { pixels } = await connection.api.transferPixels(5);
    expect([...pixels]).toEqual([7, 7, 7, 7, 7]);
  });

  it('rejects what is pending and what comes later when it is ended', async () => {
    connection = open();
    const pending = connection.api.wait();
    expect(connection.pending()).toBe(1);
    connection.terminate();
    expect((await errorOf(pending)).code).toBe('worker-died');
    expect((await errorOf(connection.api.add(1, 1))).code).toBe('worker-died');
    expect(connection.pending()).toBe(0);
    expect((await connection.died).code).toBe('worker-died');
  });

  it('rejects when the worker falls over', async () => {
    connection = open();
    const error = await errorOf(connection.api.fall());
    expect(error.code).toBe('worker-died');
    expect(error.message).toContain('fell over');
  });

  it('rejects when a worker does not say that it is ready', async () => {
    connection = connect<EchoApi>(
      new Worker('data:text/javascript,onmessage = () => {}', { type: 'module' }),
      'echo',
      1,
    );
    const error = await errorOf(connection.api.add(1, 1));
    expect(error.code).toBe('worker-died');
    expect(error.message).toContain('did not start');
  });

  it('leaves a worker alone that is ready and takes its time', async () => {
    connection = connect<EchoApi>(
      new Worker(new URL('./testing/echo.worker.ts', import.meta.url), { type: 'module' }),
      'echo',
      1,
    );
    await connection.api.add(1, 1);
    void connection.api.wait().catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await connection.api.add(2, 2)).toBe(4);
  });

  it('rejects when somebody else ends the worker', async () => {
    const worker = new Worker(new URL('./testing/echo.worker.ts', import.meta.url), { type: 'module' });
    connection = connect<EchoApi>(worker, 'echo');
    await connection.api.add(1, 1);
    const pending = connection.api.wait();
    worker.terminate();
    expect((await errorOf(pending)).message).toContain('the browser ended it');
  });

  it('says why it was ended', async () => {
    connection = open();
    const pending = connection.api.wait();
    connection.terminate('it took no step.');
    expect((await errorOf(pending)).message).toContain('The echo stopped: it took no step.');
  });

  it('rejects when the script cannot be loaded', async () => {
    connection = connect<EchoApi>(
      new Worker('data:text/javascript,import "./nowhere.js"', { type: 'module' }),
      'echo',
    );
    expect((await errorOf(connection.api.add(1, 1))).code).toBe('worker-died');
  });
});
