// A network and its weights as files for other programs.
import { readNetwork } from '../nets/read-network';
import { fitToWeights, resizeNetwork } from '../nets/resize-network';
import { deployText } from '../nets/surgery/deploy-text';
import { transplant, type TransplantReport } from '../nets/transplant';
import { readWeightFile, writeCaffeWeights, type WeightFormat } from '../nets/weight-file';
import type { WeightSet } from '../nets/weights';
import { networkText } from '../nets/zoo';
import { writeNetworkFile } from './model-file';

export interface ExportRequest {
  network: { kind: 'zoo'; id: string } | { kind: 'prototxt'; text: string };
  /** A .safetensors or .caffemodel; what it lacks, or all where there is none, is drawn from the network's fillers. */
  weights: { name: string; bytes: Uint8Array } | null;
  /** Scales the learned layers; null for 1, or for what the weights have where `classes` is null, too. */
  width: number | null;
  classes: number | null;
  seed: number;
  /** The size that the network's input is declared with; null for its own. */
  size: { width: number; height: number } | null;
  as: WeightFormat;
}

export interface ExportedNetwork {
  /** weights.caffemodel or weights.safetensors, and network.prototxt, which is the deploy view. */
  files: { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  parameters: number;
  /** What became of the given weights; without any, all blobs are missing: they are drawn. */
  report: TransplantReport;
}

const none: WeightSet = new Map();

/** @throws AppError 'bad-network', 'bad-settings' or 'bad-weights' */
export function exportNetwork(request: ExportRequest): ExportedNetwork {
  const { width, classes, seed, size, as } = request;
  const given = request.weights && readWeightFile(request.weights.bytes, request.weights.name).weights;
  const text = networkText(request.network);
  const prototxt =
    given && width === null && classes === null
      ? fitToWeights(text, given)
      : resizeNetwork(text, { width: width ?? 1, classes });
  const deployed = deployText(prototxt, size);
  const spec = readNetwork(deployed);
  const { weights, report } = transplant(given ?? none, spec, seed);
  const file = as === 'caffemodel' ? writeCaffeWeights(spec, weights) : writeNetworkFile(weights, prototxt);
  return {
    files: [
      { name: `weights.${as}`, bytes: file },
      { name: 'network.prototxt', bytes: new TextEncoder().encode(deployed) },
    ],
    parameters: [...weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    report,
  };
}
