// Whether the graphics device still answers. TensorFlow.js does not notice a lost device, nor a command that was refused, and goes on with
// numbers that mean nothing; reading them may hang, or fail with words that name another cause.
import { AppError } from '../core/errors';

/** How long a device may take to say that it is lost after something has failed because of it. */
const GRACE_MS = 500;

type Listener = (error: AppError) => void;

/** Knows from the first moment on that a device is lost or has refused a command. */
export class DeviceWatch {
  #error: AppError | null = null;
  #released = false;
  /** Who waits now, and nobody else: a race against one long promise would keep everything that was ever read. */
  readonly #waiting = new Set<Listener>();
  readonly #end: () => void;

  private constructor(end: () => void) {
    this.#end = end;
  }

  /** Watches a WebGPU device: its loss, and every error that no scope catches. */
  static ofDevice(device: GPUDevice): DeviceWatch {
    const watch = new DeviceWatch(() => device.destroy());
    void device.lost.then(({ message }) => watch.#fail(lost(message)));
    device.addEventListener('uncapturederror', ({ error }) => watch.#fail(refused(error)));
    return watch;
  }

  /** Watches the WebGL 2 context of a canvas. */
  static ofCanvas(canvas: OffscreenCanvas): DeviceWatch {
    const watch = new DeviceWatch(() =>
      canvas.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext(),
    );
    canvas.addEventListener('webglcontextlost', () => watch.#fail(lost('The WebGL context was lost.')));
    return watch;
  }

  /** What went wrong first; null while the device is sound. */
  get error(): AppError | null {
    return this.#error;
  }

  /** Gives the device up, with all memory that it holds; that it is lost then is no error. */
  release(): void {
    this.#released = true;
    this.#end();
  }

  /** @throws AppError 'device-lost', 'out-of-gpu-memory' or 'gpu-error' if anything went wrong since the watch began. */
  assert(): void {
    if (this.#error) throw this.#error;
  }

  /**
   * What `work` gives, if the device was sound from its begin to its end. Rejects as soon as the device is not, even where the work
   * would never end. A device tells of a refused command before it answers what was asked of it later, so a read ends after
   * the refusal of whatever it depends on is known.
   * @throws AppError as `assert`; whatever the work throws, where the device has no part in it.
   */
  async guard<Value>(work: () => Promise<Value>): Promise<Value> {
    this.assert();
    let value: Value;
    try {
      value = await this.#race(work());
    } catch (error) {
      throw await this.explain(error);
    }
    this.assert();
    return value;
  }

  /** The device's own error where it is the cause of another one, which may be thrown moments before it; else that one. */
  async explain(error: unknown): Promise<unknown> {
    if (this.#error || error instanceof AppError) return this.#error ?? error;
    try {
      await this.#race(new Promise((resolve) => setTimeout(resolve, GRACE_MS)));
      return error;
    } catch (cause) {
      return cause;
    }
  }

  async #race<Value>(work: Promise<Value>): Promise<Value> {
    let listener: Listener = () => {};
    const broken = new Promise<never>((_, reject) => {
      listener = reject;
      if (this.#error) reject(this.#error);
      else this.#waiting.add(listener);
    });
    try {
      return await Promise.race([work, broken]);
    } finally {
      this.#waiting.delete(listener);
    }
  }

  #fail(error: AppError): void {
    if (this.#released || this.#error) return;
    this.#error = error;
    for (const listener of this.#waiting) listener(error);
    this.#waiting.clear();
  }
}

function lost(message: string): AppError {
  return new AppError(
    'device-lost',
    'The graphics device was lost: its driver, the browser or another program took it away or restarted it. ' +
      'What it was computing is thrown away, and nothing of it is stored. ' +
      'Try again: the page then asks for the device anew. If it is lost again, use less of it (a smaller batch, width or picture) or another backend.',
    { device: message },
  );
}

function refused(error: GPUError): AppError {
  const details = { device: error.message };
  if (error instanceof GPUOutOfMemoryError) {
    return new AppError(
      'out-of-gpu-memory',
      'The graphics device has no memory left. What it was computing is thrown away, and nothing of it is stored. ' +
        'Use a smaller batch, width or picture size, or close other programs and tabs that use the graphics processor.',
      details,
    );
  }
  const [first] = error.message.split('\n');
  return new AppError(
    'gpu-error',
    `The graphics device refused a command (${first}), so what it computed is worthless: it is thrown away, and nothing of it is stored. ` +
      'Use another backend, or a smaller batch, width or picture size if the message speaks of a limit.',
    details,
  );
}
