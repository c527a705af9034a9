// `train`: a run on a dataset of the profile, or on one imported first; its model goes to a folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainReport } from '../../src/app/public';
import { defaultsWith, presets } from '../../src/app/state/train-presets';
import { AppError } from '../../src/core/errors';
import { weightModes, type ClassWeights } from '../../src/data/class-weights';
import { augmentationLimits, type Augmentation } from '../../src/data/augment/settings';
import { policyDefaults, policyNames, type PolicyName } from '../../src/nets/learning-rate';
import { meanChoices } from '../../src/nets/mean-values';
import { lossNames } from '../../src/nets/objective';
import type { LayerMultipliers } from '../../src/nets/multipliers';
import { solvers } from '../../src/nets/solvers';
import type { TrainSettings } from '../../src/training/types';
import { giveFiles, inputId, networkOption, networkText, writeBase64 } from './files';
import { datasetRequest, ensureDataset } from './import';
import type { Options } from './options';
import type { Driver } from './page';
import { trainPrinter } from './progress';

export const backends = ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'] as const;

/** Checks the options before a browser is started. @throws AppError */
export async function trainRequest(options: Options) {
  const { dataset, imports } = datasetRequest(options);
  const weights = options.text('weights');
  const policy = options.choice('policy', policyNames);
  const preset = options.choice(
    'preset',
    presets.map(({ id }) => id),
  );
  const defaults = defaultsWith(preset);
  const own = defaults.network.kind === 'zoo' ? defaults.network.id : '';
  return {
    // A path, or the id of a model or a snapshot in the profile.
    weights: weights === undefined ? null : existsSync(weights) ? { file: weights } : { id: weights },
    imports,
    out: options.text('out'),
    settings: {
      dataset,
      preset,
      network: await networkOption(options.text('network') ?? own),
      width: options.number('width', 0),
      epochs: options.whole('epochs', 1),
      learningRate: options.number('lr', 0),
      policy,
      policyParameters: policyParameters(options, policy, defaults),
      warmup: options.number('warmup', 0),
      solver: options.choice('solver', solvers),
      batch: options.whole('batch', 1),
      accumulation: options.whole('accumulation', 1),
      momentum: options.number('momentum', 0),
      weightDecay: options.number('weight-decay', 0),
      // As on the form, 0 is no bound.
      clip: options.number('clip', 0) || undefined,
      multipliers: multipliers(options),
      loss: options.choice('loss', lossNames),
      focalGamma: options.number('focal-gamma', 0),
      classWeights: classWeights(options),
      seed: options.whole('seed', 0),
      augmentation: augmentation(options),
      mean: options.choice('mean', meanChoices),
      backend: options.choice('backend', backends),
    },
  };
}

/** The policy's own, or the preset's, where none is given. @throws AppError */
function policyParameters(
  options: Options,
  policy: PolicyName | undefined,
  defaults: Pick<TrainSettings, 'policy' | 'policyParameters'>,
) {
  const gamma = options.number('gamma', 0);
  const power = options.number('power', 0);
  const at = options.numbers('at', 0);
  if (gamma === undefined && power === undefined && at === undefined) return undefined;
  const isDefault = policy === undefined || policy === defaults.policy;
  const own = isDefault ? defaults.policyParameters : policyDefaults[policy];
  return { gamma: gamma ?? own.gamma, power: power ?? own.power, at: at ?? own.at };
}

/** A mode, or the weights themselves. @throws AppError */
function classWeights(options: Options): ClassWeights | undefined {
  const text = options.text('class-weights');
  if (text === undefined) return undefined;
  const mode = weightModes.find((one) => one === text && one !== 'by-hand');
  if (mode) return { mode, weights: null };
  if (/^[a-z]/i.test(text)) {
    throw new AppError(
      'bad-settings',
      `--class-weights takes none, median-frequency, inverse-frequency, or a number for each class with commas between them, not "${text}".`,
    );
  }
  return { mode: 'by-hand', weights: options.numbers('class-weights', 0)! };
}

/** The operations that are given; the others keep their defaults. @throws AppError */
function augmentation(options: Options): Partial<Augmentation> {
  const scale = options.numbers('scale', 0);
  if (scale && scale.length !== 2) {
    throw new AppError('bad-settings', '--scale takes the smallest and the largest factor, as in 0.5,2.');
  }
  const amounts = Object.keys(augmentationLimits).map((name) => [name, options.number(name, 0)] as const);
  return {
    ...(options.has('no-flip') ? { flip: false } : {}),
    ...(options.has('crop') ? { crop: options.size('crop') ?? null } : {}),
    ...(scale ? { scale: [scale[0]!, scale[1]!] } : {}),
    ...Object.fromEntries(amounts.filter(([, value]) => value !== undefined)),
  };
}

/** --freeze LAYER and --multipliers LAYER=LR:DECAY,LR:DECAY. @throws AppError */
function multipliers(options: Options): LayerMultipliers | undefined {
  const given = Object.entries(options.pairs('multipliers')).map(([layer, text]) => {
    const blobs = text.split(',').map((pair) => {
      const [lrMult, decayMult] = pair.split(':').map((number) => (number.trim() ? Number(number) : NaN));
      if (lrMult! >= 0 && decayMult! >= 0) return { lrMult: lrMult!, decayMult: decayMult! };
      throw new AppError(
        'bad-settings',
        `--multipliers takes LAYER=LR:DECAY for each of the layer's blobs, as in conv1=1:1,2:0, not "${layer}=${text}".`,
      );
    });
    return [layer, blobs] as const;
  });
  // Weights and bias; a layer without a bias has no use for the second.
  const still = { lrMult: 0, decayMult: 0 };
  const frozen = options.list('freeze').map((layer) => [layer, [still, still]] as const);
  const all = [...given, ...frozen];
  return all.length ? Object.fromEntries<LayerMultipliers[string]>(all) : undefined;
}

/** Imports if asked to and the dataset is not there yet, trains, and writes the model's files. */
export async function train(
  driver: Driver,
  { imports, out, weights, settings }: Awaited<ReturnType<typeof trainRequest>>,
): Promise<TrainReport> {
  await ensureDataset(driver, settings.dataset, imports);
  const start =
    weights && ('id' in weights ? weights.id : await giveWeights(driver, weights.file, settings.network));
  const report = await driver.call(
    (request) =>
      window.intarsia.train(request as Parameters<typeof window.intarsia.train>[0], (event) => {
        // A preview's pixels are for looking at, not for a line of progress.
        const light = event.kind === 'epoch' ? { ...event, preview: null } : event;
        window.headlessProgress(light);
        // Nobody is there to make room and resume.
        if (event.kind === 'paused' && event.error) void window.intarsia.stop();
      }),
    start ? { ...settings, start } : settings,
    trainPrinter(),
  );
  if (out !== undefined) await exportTo(driver, report.model, out);
  return report;
}

/** Stores a weights file as a model: with its own network, or, where it has none, with the one that is to be trained. */
async function giveWeights(driver: Driver, file: string, network: TrainSettings['network']): Promise<string> {
  await giveFiles(driver, 'weights', [file]);
  return driver.call(
    ({ id, prototxt }) => {
      const given = (document.getElementById(id) as HTMLInputElement).files![0]!;
      const name = given.name.replace(/\.[^.]*$/, '');
      const add = (text: string | null) => window.intarsia.importModel(name, given, text);
      return add(null).catch((error: { code?: string; message?: string }) => {
        const nameless =
          error.code === 'bad-weights' && error.message?.includes('does not say which network');
        if (nameless) return add(prototxt);
        throw error;
      });
    },
    {
      id: inputId('weights'),
      prototxt: network.kind === 'prototxt' ? network.text : await networkText(network.id),
    },
  );
}

async function exportTo(driver: Driver, model: string, folder: string): Promise<void> {
  const files = await driver.call(async (id) => {
    const exported = await window.intarsia.exportModel(id);
    return Promise.all(
      exported.map(async ({ name, bytes }) => {
        const blob = new Blob([bytes as Uint8Array<ArrayBuffer>]);
        const url = await new Promise<string>((resolve, reject) => {
          const reader = new FileReader();
          reader.onload = () => resolve(reader.result as string);
          reader.onerror = () => reject(new Error(`${name} could not be read back`));
          reader.readAsDataURL(blob);
        });
        return { name, base64: url.slice(url.indexOf(',') + 1) };
      }),
    );
  }, model);
  for (const { name, base64 } of files) await writeBase64(join(folder, name), base64);
}
