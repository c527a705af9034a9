// `segment` and `evaluate`: a weights file at work on a folder of images.
import { join } from 'node:path';
import { AppError } from '../../src/core/errors';
import type { Rejection } from '../../src/data/types';
import type { Evaluation } from '../../src/rpc/contract';
import { existingFile, existingFolder, giveFiles, inputId, networkText, writeBase64 } from './files';
import type { Options } from './options';
import type { Driver } from './page';
import { countPrinter } from './progress';
import { backends } from './train';

export interface SegmentReport {
  images: number;
  seconds: number;
  rejected: Rejection[];
}

/** Checks the options of both verbs before a browser is started. @throws AppError */
export async function modelRequest(options: Options) {
  const network = options.text('network');
  return {
    weights: existingFile('weights', options.required('weights')),
    prototxt: network === undefined ? null : await networkText(network),
    images: existingFolder('images', options.required('images')),
    backend: options.choice('backend', backends) ?? 'auto',
  };
}

type ModelRequest = Awaited<ReturnType<typeof modelRequest>>;

/** Checks `segment`'s options. @throws AppError */
export async function segmentRequest(options: Options) {
  return { ...(await modelRequest(options)), out: options.required('out') };
}

/** Checks `evaluate`'s options. @throws AppError */
export async function evaluateRequest(options: Options) {
  return {
    ...(await modelRequest(options)),
    labels: existingFolder('labels', options.required('labels')),
    classes: options.list('classes').map((path) => existingFile('classes', path)),
  };
}

/** Stores the weights as a model of the page and gives it the images. Returns the model's id. */
async function prepare(driver: Driver, { weights, prototxt, images }: ModelRequest): Promise<string> {
  await giveFiles(driver, 'weights', [weights]);
  await giveFiles(driver, 'images', images);
  return driver.call(
    ({ id, prototxt }) => {
      const file = (document.getElementById(id) as HTMLInputElement).files![0]!;
      return window.intarsia.importModel(file.name.replace(/\.[^.]*$/, ''), file, prototxt);
    },
    { id: inputId('weights'), prototxt },
  );
}

/** Segments every image of the folder; one that cannot be read is reported and the others go on. */
export async function segment(
  driver: Driver,
  request: Awaited<ReturnType<typeof segmentRequest>>,
): Promise<SegmentReport> {
  const started = performance.now();
  const model = await prepare(driver, request);
  const paths = await driver.call(
    (id) =>
      [...(document.getElementById(id) as HTMLInputElement).files!].map((file) => file.webkitRelativePath),
    inputId('images'),
  );
  const images = paths
    .map((path, index) => ({ index, path: path.slice(path.indexOf('/') + 1) }))
    .filter(({ path }) => /^[^.].*\.(png|jpe?g)$/i.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  if (images.length === 0) {
    throw new AppError('not-found', `There is no PNG or JPEG image in ${request.images}.`);
  }
  const rejected: Rejection[] = [];
  const print = countPrinter('segmented');
  const written = new Map<string, string>();
  let first: unknown = null;
  for (const { index, path } of images) {
    const target = path.replace(/\.[^.]*$/, '.png');
    const rival = written.get(target);
    if (rival !== undefined) {
      rejected.push({ file: path, reason: `Its label map would overwrite that of ${rival}.` });
      continue;
    }
    try {
      const base64 = await labelPng(driver, model, index, request.backend);
      await writeBase64(join(request.out, target), base64);
      written.set(target, path);
    } catch (error) {
      if (!(error instanceof AppError) || !/^bad-(image|file)$/.test(error.code)) throw error;
      first ??= error;
      rejected.push({ file: path, reason: error.message });
    }
    print([written.size, images.length]);
  }
  if (written.size === 0) throw first;
  return { images: written.size, seconds: (performance.now() - started) / 1000, rejected };
}

/** The label map of one of the given images, as a PNG in base64. */
function labelPng(driver: Driver, model: string, index: number, backend: ModelRequest['backend']) {
  return driver.call(
    async ({ id, index, model, backend }) => {
      const image = (document.getElementById(id) as HTMLInputElement).files![index]!;
      const segmentation = await window.intarsia.segment(model, image, backend);
      const png = await window.intarsia.labelPng(model, segmentation);
      let binary = '';
      for (const byte of png) binary += String.fromCharCode(byte);
      return btoa(binary);
    },
    { id: inputId('images'), index, model, backend },
  );
}

/** Compares the model's predictions with the labels, pair by pair. */
export async function evaluate(
  driver: Driver,
  request: Awaited<ReturnType<typeof evaluateRequest>>,
): Promise<Evaluation> {
  const model = await prepare(driver, request);
  await giveFiles(driver, 'labels', request.labels);
  await giveFiles(driver, 'classes', request.classes);
  return driver.call(
    ({ model, backend, ids }) => {
      const [images, labels, classes] = ids.map((id) =>
        [...(document.getElementById(id) as HTMLInputElement).files!].map((file) => ({
          path: file.webkitRelativePath || file.name,
          file,
        })),
      );
      return window.intarsia.evaluate(
        {
          model,
          backend,
          images: images!,
          labels: labels!,
          ...(classes!.length > 0 ? { classes: classes! } : {}),
        },
        (done, total) => window.headlessProgress([done, total]),
      );
    },
    { model, backend: request.backend, ids: (['images', 'labels', 'classes'] as const).map(inputId) },
    countPrinter('evaluated'),
  );
}
