// Weights of one network into another, blob by blob (fcn surgery.transplant): by name, and where only the shape differs, reshaped.
import { initialWeights } from './fillers';
import { expectedShapes } from './shapes';
import type { NetSpec } from './spec';
import type { WeightSet } from './weights';

/** What became of every blob; names as "conv1/0". */
export interface TransplantReport {
  copied: string[];
  /** Same name and number of values, another shape: an inner product's weights in a convolution, say. */
  reshaped: string[];
  /** Blobs of the network that the file lacks or has in another size; they start from their fillers. */
  missing: string[];
  /** Blobs of the file that the network has no place for. */
  unused: string[];
}

/** Starting weights for `spec`: what fits is taken from `source`, the rest is drawn as at the start of any run. */
export function transplant(
  source: WeightSet,
  spec: NetSpec,
  seed: number,
): { weights: WeightSet; report: TransplantReport } {
  const weights = initialWeights(spec, seed);
  const shapes = expectedShapes(spec);
  const report: TransplantReport = { copied: [], reshaped: [], missing: [], unused: [] };
  for (const [name, shape] of shapes) {
    const found = source.get(name);
    if (!found || found.data.length !== weights.get(name)!.data.length) {
      report.missing.push(name);
      continue;
    }
    weights.set(name, { shape, data: found.data });
    (found.shape.join() === shape.join() ? report.copied : report.reshaped).push(name);
  }
  report.unused = [...source.keys()].filter((name) => !shapes.has(name));
  return { weights, report };
}
