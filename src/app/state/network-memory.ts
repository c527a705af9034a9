// What training a network takes on this machine, one picture a step, before anything of a run is chosen.
import type { NetworkDescription } from '../../nets/describe';
import { isFrozen, learnedLayers } from '../../nets/multipliers';
import { readNetwork } from '../../nets/read-network';
import { resizeNetwork } from '../../nets/resize-network';
import type { NetSpec } from '../../nets/spec';
import { fitText, whatFits } from './memory-fit';
import { memoryPlan, withFrozen, type Backend } from './memory-plan';
import { memoryVerdict } from './memory-verdict';

/** As it is looked at: the last good reading of the text. */
interface Looked {
  text: string;
  spec: { value: NetSpec; stale: boolean } | null;
  description: { value: NetworkDescription } | null;
}

export interface NetworkMemory {
  bytes: number;
  /** Whether there is a loss to train by; otherwise it is about a forward pass. */
  trains: boolean;
  /** null where nobody can tell. */
  fits: boolean | null;
  /** Whether it fits, and if not, what would. */
  text: string;
}

/** A training step's plan and what to say about it; null where the network cannot be run. */
export function networkMemory(
  { text, spec, description }: Looked,
  backend: Backend | null,
): NetworkMemory | null {
  const [, , height = 0, width = 0] = description?.value.input ?? [];
  if (!spec || spec.stale || !height || !width) return null;
  const size = { width, height };
  const plan = memoryPlan(spec.value, size, 1, backend);
  if (!plan) return null;
  const verdict = memoryVerdict(plan, backend);
  const trains = spec.value.layers.some(({ type }) => type === 'SoftmaxWithLoss');
  const told = { bytes: plan.estimate.total, trains, fits: verdict.fits, text: verdict.text };
  if (verdict.fits !== false) return told;
  const layers = learnedLayers(spec.value)
    .filter(({ blobs }) => !isFrozen(blobs))
    .map(({ name }) => name);
  const changes = whatFits({ batch: 1, width: 1, size }, layers.length, (change) => {
    const changed = change.width === undefined ? spec.value : resized(text, change.width);
    if (!changed) return false;
    const frozen = withFrozen(changed, layers.slice(0, change.frozen ?? 0));
    const other = memoryPlan(frozen, change.size ?? size, 1, backend);
    return other !== null && memoryVerdict(other, backend).fits !== false;
  });
  return { ...told, text: `${verdict.text} ${fitText(changes, layers)}` };
}

/** null where its layers have no widths to scale. */
function resized(text: string, width: number): NetSpec | null {
  try {
    return readNetwork(resizeNetwork(text, { width, classes: null }));
  } catch {
    return null;
  }
}
