// The second step from a classifier to a network that labels pixels: its scores enlarged to the image, and a loss for every pixel.
import { AppError } from '../../core/errors';
import type { TextEdit } from '../../formats/prototxt';
import { isDataLayer } from '../read-layer';
import type { ConvolutionSpec, NetSpec } from '../spec';
import { fieldsOf, insertAfter, removeField, setString, setValue, subMessage } from '../edit-prototxt';
import { classifierOf, firstConvolution, layersBefore, refuseLayer, type Classifier } from './classifier';
import { reshapeInputs } from './input-size';
import { keyOf, keyOfText, netText, rulesOf, textOf, type LayerText, type NetText } from './layer-text';
import { newForm } from './new-form';
import { headNumbers } from './padding';
import { SurgeryRecord, type LayerChange, type NewLayer } from './record';
import { readViews } from './views';
import { accuracyLayer, cropLayer, lossLayer, scoreLayer, upsampling } from './write-layers';

export interface DenseHeadOptions {
  classes: number;
  /** The size that declared inputs get; the network takes any. */
  size: { width: number; height: number };
  /** The padding of the first convolution; found if not given. */
  pad?: number;
}

export interface DenseHead {
  prototxt: string;
  /** The text that the changes' `before` and `lineBefore` speak of: the one given, in today's form of the language. */
  base: string;
  changes: LayerChange[];
  /** What the arithmetic gave. */
  head: { stride: number; kernel: number; offset: number };
  /** The first convolution's padding, where it had to be raised. */
  padding: { layer: string; from: number; to: number; why: string } | null;
}

/**
 * Puts a dense head in the place of a fully convolutional classifier's last layer.
 * @throws AppError 'bad-network' where the network is none, naming the layer; 'bad-settings' for a number of classes that labels cannot have.
 */
export function addDenseHead(prototxt: string, { classes, size, pad }: DenseHeadOptions): DenseHead {
  if (!(Number.isInteger(classes) && classes >= 2 && classes <= 255))
    throw new AppError('bad-settings', `A network labels pixels with 2 to 255 classes, not ${classes}.`);
  const base = newForm(prototxt);
  const net = netText(base);
  const views = readViews(base);
  const { spec } = views[0]!;
  const classifier = classifierOf(spec);
  const record = new SurgeryRecord(net);
  const keep = new Set(views.flatMap((view) => [...(layersBefore(view.spec, classifier.layer.name) ?? [])]));
  if (classifier.average) keep.delete(keyOf(classifier.average.pooling));
  const kept = (layer: LayerText) => isDataLayer(layer.entry) || keep.has(keyOfText(layer));
  const taken = new Set(net.layers.filter(kept).flatMap((l) => [l.name, ...namesOf(l, 'top')]));
  const fresh = (name: string): string => (taken.has(name) ? fresh(`${name}_fcn`) : name);

  const body = bodyOf(spec, classifier, keep, fresh('score_fr'));
  const { layer: first, image } = firstConvolution(body);
  if (first.name === fresh('score_fr'))
    refuseLayer(classifier.layer, 'is the only one that learns, so nothing would be left to score.');
  const numbers = headNumbers(body, fresh('score_fr'), image, first, pad ?? null);
  const layers = headLayers({ net, views, classifier, classes, image, fresh, numbers, body });
  const place = textLayer(net, classifier.layer);
  for (const layer of net.layers) if (!kept(layer)) record.remove(layer, whyRemoved(layer, classifier));
  record.insert(layers, place);
  if (classifier.average && classifier.average.reader !== classifier.layer) {
    const { reader, bottom, pooling } = classifier.average;
    const edits = fieldsOf(textLayer(net, reader).message, 'bottom')
      .filter(({ value }) => textOf(value) === pooling.tops[0])
      .map((field) => setString(field, bottom));
    record.change(textLayer(net, reader), edits, `It reads "${bottom}", as the averaging is gone.`);
  }
  if (numbers.why !== null)
    record.change(textLayer(net, first), padEdits(net, first, numbers.pad), numbers.why);
  const label = labelOf(classifier);
  reshapeInputs(
    net,
    record,
    (name, dims) => {
      if (name === image && dims.length === 4) return [dims[0]!, dims[1]!, size.height, size.width];
      return name === label ? [dims[0]!, 1, size.height, size.width] : null;
    },
    'There is a label for every pixel of the image now.',
  );
  return {
    base,
    ...record.finish(),
    head: { stride: numbers.ratio, kernel: numbers.kernel, offset: numbers.offset },
    padding:
      numbers.why === null
        ? null
        : { layer: first.name, from: first.pad[0], to: numbers.pad, why: numbers.why },
  };
}

const namesOf = (layer: LayerText, field: string) =>
  fieldsOf(layer.message, field).flatMap(({ value }) => textOf(value) ?? []);

const textLayer = (net: NetText, layer: { name: string; line: number }) =>
  net.layers.find((text) => keyOfText(text) === keyOf(layer))!;

const labelOf = ({ loss }: Classifier) => loss?.bottoms[1] ?? 'label';

/** What the scores of the new head read. */
const featuresOf = ({ average, layer }: Classifier) =>
  average && average.reader === layer ? average.bottom : layer.bottoms[0]!;

/** The network up to the coarse scores. */
function bodyOf(spec: NetSpec, classifier: Classifier, keep: ReadonlySet<string>, scores: string): NetSpec {
  const { layer, average } = classifier;
  const score: ConvolutionSpec = {
    ...layer,
    bottoms: [featuresOf(classifier)],
    tops: [scores],
    name: scores,
  };
  const layers = spec.layers
    .filter((candidate) => keep.has(keyOf(candidate)))
    .map((candidate) =>
      average && candidate === average.reader ? { ...candidate, bottoms: [average.bottom] } : candidate,
    );
  return { ...spec, layers: [...layers, score] };
}

function headLayers(given: {
  net: NetText;
  views: ReturnType<typeof readViews>;
  classifier: Classifier;
  classes: number;
  image: string;
  fresh: (name: string) => string;
  numbers: ReturnType<typeof headNumbers>;
  body: NetSpec;
}): NewLayer[] {
  const { net, views, classifier, classes, image, fresh, numbers } = given;
  const [scoreFr, upscore, score] = [fresh('score_fr'), fresh('upscore'), fresh('score')];
  const label = labelOf(classifier);
  const [height, width] = classifier.layer.kernel;
  const kernel = height === width ? `kernel_size: ${height}` : `kernel_h: ${height} kernel_w: ${width}`;
  const { ratio, offset } = numbers;
  const layers: NewLayer[] = [
    {
      name: scoreFr,
      text: scoreLayer(scoreFr, featuresOf(classifier), classes, kernel),
      why: `It takes the place of "${classifier.layer.name}" and scores ${classes} classes.`,
    },
    {
      name: upscore,
      text: upsampling(upscore, scoreFr, classes, numbers.kernel, ratio),
      why:
        `One score stands for ${ratio} pixels, so it enlarges ${ratio} times; a kernel of ${numbers.kernel} ` +
        `${numbers.kernel === 2 * ratio ? 'is twice that' : `and not of ${2 * ratio} puts pixels on pixels`}.`,
    },
    {
      name: score,
      text: cropLayer(score, upscore, image, offset),
      why: `The enlarged scores begin ${offset} pixels outside the image.`,
    },
    {
      name: fresh('loss'),
      text: lossLayer(fresh('loss'), score, label, lossRules(net, classifier)),
      why: 'It compares every pixel with its label, except those labelled 255.',
    },
  ];
  const accuracy = accuracyOf(net, views, classifier);
  if (accuracy) {
    const name = fresh('accuracy');
    layers.push({
      name,
      text: accuracyLayer(name, score, label, rulesOf(net, accuracy)),
      why: 'It counts pixels.',
    });
  }
  return layers;
}

/** The rules of the loss before; a network with a deployed stage has none there. */
function lossRules(net: NetText, { loss }: Classifier): string {
  if (loss) return rulesOf(net, textLayer(net, loss));
  const staged = net.layers.some((layer) => /\b(not_)?stage\b/.test(rulesOf(net, layer)));
  return staged ? '  exclude { stage: "deploy" }\n' : '';
}

/** The first layer that counts how many images have the right score. */
function accuracyOf(
  net: NetText,
  views: ReturnType<typeof readViews>,
  classifier: Classifier,
): LayerText | null {
  const scores = classifier.graph.values[classifier.scores]!.name;
  for (const { spec } of views) {
    const found = spec.layers.find(({ type, bottoms }) => type === 'Accuracy' && bottoms[0] === scores);
    if (found) return textLayer(net, found);
  }
  return null;
}

function whyRemoved({ name, type }: LayerText, { layer, average }: Classifier): string {
  if (name === layer.name) return 'Its scores are of the classes of another task.';
  if (type === 'Softmax' || type === 'SoftmaxWithLoss' || type === 'Accuracy')
    return 'It reads the scores of the whole image.';
  if (average && name === average.pooling.name)
    return 'It averages over the whole window, which would blur the labels (the FCN paper leaves it out too).';
  return 'Only what is gone reads what it makes.';
}

function padEdits(net: NetText, first: ConvolutionSpec, pad: number): TextEdit[] {
  const own = subMessage(textLayer(net, first).message, 'convolution_param')!;
  const [given, ...more] = ['pad', 'pad_h', 'pad_w'].flatMap((name) => fieldsOf(own, name));
  if (!given) {
    const kernel = ['kernel_size', 'kernel_w', 'kernel_h'].flatMap((name) => fieldsOf(own, name))[0]!;
    return [insertAfter(net.text, kernel, `pad: ${pad}`)];
  }
  const edit = given.name === 'pad' ? setValue(given, String(pad)) : { ...given, insert: `pad: ${pad}` };
  return [
    { start: edit.start, end: edit.end, insert: edit.insert },
    ...more.map((field) => removeField(net.text, field)),
  ];
}
