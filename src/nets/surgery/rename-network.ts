// What a network calls itself.
import { applyEdits } from '../../formats/prototxt';
import { fieldsOf, setString } from '../edit-prototxt';
import { netText } from './layer-text';

/** The text with another name of the network, where it has one. @throws AppError 'bad-network' where it cannot be read */
export function renameNetwork(prototxt: string, name: string): string {
  const fields = fieldsOf(netText(prototxt).message, 'name');
  return applyEdits(
    prototxt,
    fields.map((field) => setString(field, name)),
  );
}
