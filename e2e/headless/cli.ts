// The terminal driver: a verb, its options, one JSON line. It calls the same functions of the page as a click does.
import { errorRecord } from '../../src/core/errors';
import { cityRequest, makeCity } from './city';
import { checkRequest, describeNetwork, describeRequest } from './describe';
import { exportNetwork, exportRequest } from './export';
import { importDataset, importRequest } from './import';
import { exportDataset, exportDatasetRequest } from './export-dataset';
import type { VerbName } from './option-table';
import { help, Options, verbNamed } from './options';
import { openPage, type Driver } from './page';
import { evaluate, evaluateRequest, segment, segmentRequest } from './segment';
import { train, trainRequest } from './train';

type Work = (driver: Driver) => Promise<object>;

/** Checks the options of a verb and returns what to do once the page is open. @throws AppError */
async function work(verb: VerbName, options: Options): Promise<Work> {
  switch (verb) {
    case 'import': {
      const request = importRequest(options, options.required('name'));
      return (driver) => importDataset(driver, request);
    }
    case 'city': {
      const request = cityRequest(options);
      return (driver) => makeCity(driver, request);
    }
    case 'train': {
      const request = await trainRequest(options);
      return (driver) => train(driver, request);
    }
    case 'segment': {
      const request = await segmentRequest(options);
      return (driver) => segment(driver, request);
    }
    case 'evaluate': {
      const request = await evaluateRequest(options);
      return (driver) => evaluate(driver, request);
    }
    case 'describe': {
      const request = await describeRequest(options);
      return (driver) => describeNetwork(driver, request);
    }
    case 'export': {
      const request = await exportRequest(options);
      return (driver) => exportNetwork(driver, request);
    }
    case 'export-dataset': {
      const request = exportDatasetRequest(options);
      return (driver) => exportDataset(driver, request);
    }
    case 'check':
      return checkRequest(options);
  }
}

async function perform(verb: VerbName, options: Options): Promise<object> {
  const profile = options.text('profile');
  const job = await work(verb, options);
  const driver = await openPage({
    ...(profile === undefined ? {} : { profile }),
    measureMemory: options.has('measure-memory'),
  });
  let result: object;
  try {
    result = await job(driver);
  } catch (error) {
    await driver.close();
    throw error;
  }
  const peakMemoryBytes = await driver.close();
  if (peakMemoryBytes === null) return result;
  console.error(`peak memory of the browser: ${(peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`);
  return { ...result, peakMemoryBytes };
}

/** Runs the command line; returns the exit status. The last line of standard output is the result or the error. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  try {
    if (name === undefined || name === '--help') {
      console.log(help(null));
      return 0;
    }
    const verb = verbNamed(name);
    const options = new Options(verb, rest);
    if (options.has('help')) {
      console.log(help(verb));
      return 0;
    }
    console.log(JSON.stringify(await perform(verb, options)));
    return 0;
  } catch (error) {
    const record = errorRecord(error);
    console.error(record.message);
    console.log(JSON.stringify({ error: record }));
    return 1;
  }
}
