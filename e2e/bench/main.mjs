// `npm run bench -- NAME ...`: makes sure that the packages are there, then hands over to TypeScript.
import { checkNode, ensureDependencies } from '../tools/setup.mjs';

checkNode();
await ensureDependencies('stderr');
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv.slice(2));
