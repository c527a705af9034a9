// What a camera makes of the light: exposure, colour balance, contrast, sharpness and noise. Only pictures know of it, never labels.
import { Dice } from '../dice';

/** Cameras differ more from each other than streets do, so each frame has one of its own. */
export interface Film {
  /** What the light is multiplied with, per colour: exposure and white balance. */
  gain: [red: number, green: number, blue: number];
  /** 0 for a film's soft highlights, 1 for a sensor that clips them. */
  clipping: number;
  /** Steepness of the curve in the middle; 1 is straight. */
  contrast: number;
  /** 0 is grey, 1 as the light is. */
  saturation: number;
  /** Share of its own light that a pixel gives to its neighbours, and the same for colour alone, as in video. */
  blur: number;
  smear: number;
  /** Noise, as a share of white. */
  grain: number;
  /** Share of the light that the corners lose. */
  vignette: number;
}

/** A camera that changes nothing. */
export const plainFilm: Film = {
  gain: [1, 1, 1],
  clipping: 0,
  contrast: 1,
  saturation: 1,
  blur: 0,
  smear: 0,
  grain: 0,
  vignette: 0,
};

/** The camera of a frame; `dark` goes from 0 by day to 1 at night, when cameras are noisier and exposed by hand. */
export function filmOf(look: number, dark: number): Film {
  const dice = new Dice(look, 'film');
  // Two draws make a middling exposure the likeliest.
  const stops = (dice.range(-1.3, 0.9) + dice.range(-1.3, 0.9)) / 2;
  const exposure = 2 ** (stops * (1 - 0.7 * dark));
  const [warmth, tint] = [dice.range(-0.09, 0.09), dice.range(-0.04, 0.04)];
  return {
    gain: [exposure * (1 + warmth), exposure * (1 + tint), exposure * (1 - warmth)],
    clipping: dice.range(0, 1),
    contrast: dice.range(0.8, 1.9 - 0.7 * dark),
    saturation: dice.range(0.45, 1.25),
    blur: dice.chance(0.5) ? dice.range(0, 0.6) : 0,
    smear: dice.range(0, 1),
    grain: dice.range(0.002, 0.02) + 0.02 * dark,
    vignette: dice.range(0, 0.4),
  };
}
