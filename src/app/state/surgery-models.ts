// Stored models whose weights a classifier can take.
import { readNetwork } from '../../nets/read-network';
import { blobOwners } from '../../nets/place-layers';

/** The names of the blobs that a network learns; none where it cannot be read. */
function learned(prototxt: string): ReadonlySet<string> {
  try {
    return new Set(blobOwners(readNetwork(prototxt)).keys());
  } catch {
    return new Set();
  }
}

/** The models that have weights for every learned layer of a network, by name; their widths may differ. */
export function fittingModels<Model extends { info: { prototxt: string } }>(
  models: readonly Model[],
  prototxt: string,
): Model[] {
  const wanted = learned(prototxt);
  if (!wanted.size) return [];
  return models.filter(({ info }) => {
    const held = learned(info.prototxt);
    return [...wanted].every((name) => held.has(name));
  });
}
