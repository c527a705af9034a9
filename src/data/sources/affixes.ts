// Pairing where names say which file is the label: 12.jpg with 12_mask.png, image_7.png with gt_7.png.
import { joined, pairByKey, pairFiles, type Pairing } from '../pairing';
import { baseName } from '../paths';
import type { InputFile, Split } from '../types';

const imageSuffix = /[_-](image|img|rgb|sat|photo|input|orig(inal)?|leftImg8bit)$/i;
const imagePrefix = /^(image|img|photo|input)[_-]/i;
const labelSuffix =
  /[_-](mask|masks|labels?|segmentation|seg|gt|groundtruth|ground_truth|annotation|annot|target|matte|L)$/i;
const labelPrefix = /^(mask|label|segmentation|seg|gt|groundtruth|annotation|annot|target)[_-]/i;

const plainName = ({ path }: InputFile) => baseName(path);
const imageName = (file: InputFile) => plainName(file).replace(imageSuffix, '').replace(imagePrefix, '');
const labelName = (file: InputFile) => plainName(file).replace(labelSuffix, '').replace(labelPrefix, '');

/** Whether a file's own name says that it is a label. */
export const isLabelName = (file: InputFile): boolean =>
  labelSuffix.test(plainName(file)) || labelPrefix.test(plainName(file));

export interface Parts {
  images: readonly InputFile[];
  labels: readonly InputFile[];
  valImages: readonly InputFile[];
  valLabels: readonly InputFile[];
}

/** Pairs by base name or, where that pairs less, by the names without such beginnings and endings; `affix` then says so. */
export function pairPlainly(parts: Parts): { pairing: Pairing; affix: string | null } {
  const sorted = withLabelsApart(parts);
  const plain = bothSplits(sorted, pairFiles);
  const byName = bothSplits(sorted, (images, labels, split) =>
    pairByKey(images, labels, imageName, labelName, () => split),
  );
  if (byName.pairs.length <= plain.pairs.length) return { pairing: plain, affix: null };
  const { image, label } = byName.pairs[0]!;
  const named = ({ path }: InputFile) => path.slice(path.lastIndexOf('/') + 1);
  return { pairing: byName, affix: `${named(image)} goes with ${named(label)}, and so on` };
}

type Pair = (images: readonly InputFile[], labels: readonly InputFile[], split: Split) => Pairing;

function bothSplits({ images, labels, valImages, valLabels }: Parts, pair: Pair): Pairing {
  return joined(pair(images, labels, 'train'), pair(valImages, valLabels, 'val'));
}

/** Where there are no folders of labels, the files that are called labels are. */
function withLabelsApart(parts: Parts): Parts {
  const { images, labels, valImages, valLabels } = parts;
  if (labels.length + valLabels.length > 0) return parts;
  const isImage = (file: InputFile) => !isLabelName(file);
  return {
    images: images.filter(isImage),
    labels: images.filter(isLabelName),
    valImages: valImages.filter(isImage),
    valLabels: valImages.filter(isLabelName),
  };
}
