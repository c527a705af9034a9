// The training loss of every step, thinned so that a long run's record stays small.
import type { RunRecord } from './types';

type Curve = RunRecord['curve'];

const MAX_POINTS = 4000;

/** Appends a step; when the curve is full, every second point goes and only every second step is kept from then on. */
export function appendToCurve(curve: Curve, step: number, loss: number): void {
  const spacing = curve.step.length > 1 ? curve.step[1]! - curve.step[0]! : 1;
  if (curve.step.length && step - curve.step.at(-1)! < spacing) return;
  curve.step.push(step);
  curve.loss.push(loss);
  if (curve.step.length <= MAX_POINTS) return;
  curve.step = curve.step.filter((_, i) => i % 2 === 0);
  curve.loss = curve.loss.filter((_, i) => i % 2 === 0);
}

/** The curve up to a step, for a run that goes on from there. */
export function cutCurve(curve: Curve, lastStep: number): Curve {
  const length = curve.step.findLastIndex((step) => step <= lastStep) + 1;
  return { step: curve.step.slice(0, length), loss: curve.loss.slice(0, length) };
}
