// What folders of known datasets are called. Each function looks at one folder's name.

/** label(s), masks, annotations, gt, ground truth, SegmentationClass, SemSeg, trainannot ... */
export function isLabelFolder(name: string): boolean {
  return /label|mask|annot|ground.?truth|segmentation|semseg|target|(^|[^a-z])(gt|segs?)([^a-z]|$)|^GT/i.test(
    name,
  );
}

/** RGB, images, photos, leftImg8bit, JPEGImages ... */
export function isImageFolder(name: string): boolean {
  return /image|photo|picture|input|leftimg|(^|[^a-z])(rgb|imgs?)([^a-z]|$)|^RGB/i.test(name);
}

/** val, validation, val-images, valannot ... */
export function isValidationFolder(name: string): boolean {
  return partOf('val(id(ation)?)?', name);
}

export function isTestFolder(name: string): boolean {
  return partOf('test(ing)?', name);
}

function partOf(word: string, name: string): boolean {
  return new RegExp(`(^|[^a-z])${word}([^a-z]|$|annot|label|image|img|mask|gt)`, 'i').test(name);
}

/** Files that are likely a class list, a names file or a colours file. */
export function isClassFile(name: string): boolean {
  return /(label|class|colou?r|names|palette).*\.(txt|csv)$|^(dataset_meta|meta|classes|labels|palette)\.json$/i.test(
    name,
  );
}
