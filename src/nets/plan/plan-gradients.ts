// Where gradients go: from the losses, against the layers' direction, to what is learned and no further.
import { solverMultipliers, type LearnedBlob } from './learned-blobs';
import type { Loss, Step } from './plan';

/** Fills in which steps run backward, and which gradients they owe. */
export function planGradients(
  steps: readonly Step[],
  losses: readonly Loss[],
  blobs: readonly LearnedBlob[],
): void {
  const fixed = new Set(blobs.flatMap((blob) => (solverMultipliers(blob).lrMult === 0 ? [blob.name] : [])));
  const learns = (owner: string) => !fixed.has(owner);
  // Forward: which values depend on what is learned.
  const learned = new Set<number>();
  for (const step of steps) {
    step.wants = {
      params: step.params.some(learns),
      bottoms: step.inputs.map((value, i) => learned.has(value) && passes(step, i)),
    };
    if (step.wants.params || step.wants.bottoms.includes(true)) {
      step.outputs.forEach((value) => learned.add(value));
    }
  }
  // Backward: which of them a loss depends on.
  const reached = new Set(losses.map(({ value }) => value));
  for (const step of steps.toReversed()) {
    const { params, bottoms } = step.wants;
    step.backward = (params || bottoms.includes(true)) && step.outputs.some((value) => reached.has(value));
    if (!step.backward) continue;
    step.inputs.forEach((value, i) => bottoms[i] && reached.add(value));
  }
}

/** Whether a gradient may pass to a bottom: not to what only lends its size, nor where the file forbids it. */
function passes({ layer, crop }: Step, bottom: number): boolean {
  const lendsSize = bottom === 1 && (layer.type === 'Crop' || crop !== null);
  return !lendsSize && (layer.propagateDown[bottom] ?? true);
}
