// Serves the built page on this machine only.
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Whether nothing listens on the port. @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((settle) => {
    const probe = createServer()
      .once('error', () => settle(false))
      .once('listening', () => probe.close(() => settle(true)))
      .listen(port, 'localhost');
  });
}

/**
 * Serves dist/ on `localhost`, at `port` or, where `strict` is not set, at the next free one.
 * @param {number} port
 * @param {{ strict?: boolean }} [options]
 * @returns {Promise<{ port: number, url: string, close: () => Promise<void> }>}
 * @throws {Error} with a sentence for a person where the port is taken
 */
export async function servePage(port, { strict = false } = {}) {
  let free = port;
  while (!(await isFree(free))) {
    if (strict) throw new Error(`Port ${port} is in use by another program. Choose another with --port N.`);
    if (++free > 65535) throw new Error(`No port from ${port} up is free.`);
  }
  const { preview } = await import('vite');
  const serve = () =>
    preview({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      preview: { port: free, strictPort: true, host: 'localhost', open: false },
    });
  try {
    const server = await serve();
    return { port: free, url: `http://localhost:${free}/`, close: () => server.close() };
  } catch (error) {
    // Another command may have taken it since.
    if (strict || (await isFree(free))) throw error;
    return servePage(free);
  }
}
