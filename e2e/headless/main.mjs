// `npm run headless -- VERB ...`: makes sure that packages and page are there, then hands over to TypeScript.
// Standard output belongs to the result, so everything else goes to standard error.
import { checkNode, ensureBuild, ensureDependencies } from '../tools/setup.mjs';

checkNode();
const asksForHelp = process.argv.length < 3 || process.argv.includes('--help');
await ensureDependencies('stderr');
if (!asksForHelp) await ensureBuild('stderr');
const { register } = await import('tsx/esm/api');
register();
const { main } = await import('./cli.ts');
process.exitCode = await main(process.argv.slice(2));
