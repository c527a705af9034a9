// Files as networks: read, judged, and named; what is no network is refused with its reason.
import type { NetworkDraft, NetworkRecord } from '../../nets/network-record';
import { surveyNetwork } from '../../nets/read-network';
import type { Rejection, SourceFile } from '../../data/types';
import { freeName, nameInText } from './network-names';

/** No prototxt that people wrote comes near it: ResNet-152 has 0.1 MB. */
const MOST_BYTES = 4_000_000;

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Names that say which form of a network a file is, and nothing of the network. */
const meaningless = /^(train|val|trainval|train_val|test|deploy|original|network|net|model)$/i;

/** A name for the network: its own, else the file's, or its folder's. */
export function networkName(path: string, prototxt: string): string {
  const inText = nameInText(prototxt)?.trim();
  if (inText) return inText;
  const parts = path.split('/');
  const file = parts.at(-1)!.replace(/\.(prototxt|pbtxt|txt)$/i, '');
  return (meaningless.test(file) && parts.at(-2)) || file;
}

/** Why a text is no network, or null where it is one, if a faulty one. */
export function notANetwork(prototxt: string): string | null {
  const views = (['train', 'val', 'deploy'] as const).map((view) => surveyNetwork(prototxt, view));
  if (views.some(({ places }) => places.size > 0)) return null;
  const [problem] = views[0]!.problems;
  return problem ? `Line ${problem.line}: ${problem.message}` : 'There is no layer in it.';
}

/** Reads a file; a reason where it is no network. */
async function readNetworkFile({ path, file }: SourceFile): Promise<{ prototxt: string } | Rejection> {
  const refuse = (reason: string): Rejection => ({ file: path, reason });
  if (/\.(caffemodel|safetensors|h5|onnx)$/i.test(path)) {
    return refuse('This file holds weights, not a network. Choose the .prototxt that belongs to it.');
  }
  if (/\.binaryproto$/i.test(path)) {
    return refuse(
      'This is a mean file. Open the network that is to subtract it, and drop the file there alone.',
    );
  }
  if (file.size > MOST_BYTES) return refuse('It is too large for a network: a .prototxt is a short text.');
  let prototxt: string;
  try {
    prototxt = new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (error) {
    return refuse(
      error instanceof TypeError
        ? 'It is no text. A network is a text file, mostly with the ending .prototxt.'
        : 'The browser could not read this file. See that it is still there, then choose it again.',
    );
  }
  if (prototxt.includes('\0')) {
    return refuse('It is no text. A network is a text file, mostly with the ending .prototxt.');
  }
  const text = prototxt.replaceAll('\r\n', '\n');
  const fault = notANetwork(text);
  return fault === null ? { prototxt: text } : refuse(fault);
}

/** Stores each file that is a network. `save` stores one; `taken` are the names there are. */
export async function importNetworkFiles(
  files: readonly SourceFile[],
  taken: readonly string[],
  save: (draft: NetworkDraft) => Promise<NetworkRecord>,
): Promise<{ stored: NetworkRecord[]; rejected: Rejection[] }> {
  const stored: NetworkRecord[] = [];
  const rejected: Rejection[] = [];
  const names = [...taken];
  for (const source of files) {
    const read = await readNetworkFile(source);
    if ('reason' in read) {
      rejected.push(read);
      continue;
    }
    const name = freeName(networkName(source.path, read.prototxt), names);
    names.push(name);
    stored.push(await save({ ...read, name, origin: { kind: 'file', file: baseName(source.path) } }));
  }
  return { stored, rejected };
}
