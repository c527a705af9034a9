// `npm start`: installs what is missing, builds what is stale, serves the page.
import { parseArgs } from 'node:util';
import { checkNode, ensureBuild, ensureDependencies } from './setup.mjs';

const usage =
  'Usage: npm start [-- --port N]   serves the page on port N, or on the first free port from 4173';

/** The port that was asked for, or null. */
function askedPort() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  if (values.port === undefined) return null;
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return port;
  throw new Error(`--port takes a number from 1 to 65535, not "${values.port}".`);
}

async function start() {
  checkNode();
  const port = askedPort();
  await ensureDependencies();
  await ensureBuild();
  const { servePage } = await import('./serve.mjs');
  const server = await servePage(port ?? 4173, { strict: port !== null });
  console.log(`\n  Intarsia is at ${server.url}\n  Ctrl-C ends it.\n`);
  const stop = () => {
    process.exitCode = 0;
    void server.close().finally(() => process.exit());
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

start().catch((/** @type {Error} */ error) => {
  console.error(`${error.message}\n${usage}`);
  process.exitCode = 1;
});
