// A network without padding, to show what padding does: no layer sees beyond the border of its image.
import { applyEdits } from '../../formats/prototxt';
import { fieldsOf, setValue } from '../edit-prototxt';
import { netText } from './layer-text';

/** The text with the padding of every convolution and pooling set to 0. @throws AppError 'bad-network' where it cannot be read */
export function withoutPadding(prototxt: string): string {
  const edits = netText(prototxt).layers.flatMap(({ message }) =>
    ['convolution_param', 'pooling_param']
      .flatMap((name) => fieldsOf(message, name))
      .flatMap(({ value }) => (value.kind === 'message' ? [value] : []))
      .flatMap((own) => ['pad', 'pad_h', 'pad_w'].flatMap((name) => fieldsOf(own, name)))
      .map((field) => setValue(field, '0')),
  );
  return applyEdits(prototxt, edits);
}
