// The augmentation of a run while it is chosen.
import {
  augmentationProblems,
  type Augmentation,
  type AugmentationNumber,
} from '../../data/augment/settings';

export class AugmentationForm {
  flip = $state(false);
  cropped = $state(false);
  width = $state<number | null>(null);
  height = $state<number | null>(null);
  least = $state<number | null>(1);
  most = $state<number | null>(1);
  readonly amounts: Record<AugmentationNumber, number> = $state({
    rotation: 0,
    brightness: 0,
    contrast: 0,
    saturation: 0,
    hue: 0,
    noise: 0,
    blur: 0,
  });

  constructor(augmentation: Augmentation) {
    this.fill(augmentation);
  }

  /** Chooses what a run had. */
  fill(augmentation: Augmentation): void {
    const { crop, scale, flip, ...amounts } = augmentation;
    this.flip = flip;
    this.cropped = crop !== null;
    this.width = crop?.width ?? null;
    this.height = crop?.height ?? null;
    [this.least, this.most] = scale;
    Object.assign(this.amounts, amounts);
  }

  /** As settings have it; what is no number is NaN. */
  get settings(): Augmentation {
    return {
      flip: this.flip,
      crop: this.cropped ? { width: this.width ?? NaN, height: this.height ?? NaN } : null,
      scale: [this.least ?? NaN, this.most ?? NaN],
      ...this.amounts,
    };
  }

  readonly problems = $derived.by(() => augmentationProblems(this.settings));
}
