// Weather and hour as numbers for the shaders: where light comes from, its colours, and what lies in the air.
import { Dice } from '../dice';
import type { Sky } from '../layout/scene';

type Vec3 = [number, number, number];

/** Colours are linear; 1 is white paper in full daylight. */
export interface Light {
  /** Towards the sun, or whatever throws the shadows. */
  sun: Vec3;
  sunColour: Vec3;
  /** Where the sun's disc is drawn, and how brightly. */
  disc: number;
  zenith: Vec3;
  horizon: Vec3;
  /** What a surface gets from above and from below. */
  above: Vec3;
  below: Vec3;
  /** 0 for a clear sky, 1 for a closed one. */
  clouds: number;
  /** Share of the light that fog takes in a metre. */
  fog: number;
  wet: number;
  snow: number;
  /** 0 by day, 1 when lamps are lit. */
  lamps: number;
  /** What a camera that measures the light of the street multiplies it with. */
  exposure: number;
  /** How much brighter the sky is than what it lights. */
  glare: number;
  /** Share of rain or flakes in the air, in front of the lens. */
  falling: number;
}

const smoothstep = (from: number, to: number, x: number): number => {
  const t = Math.max(0, Math.min(1, (x - from) / (to - from)));
  return t * t * (3 - 2 * t);
};
const mix = (a: Vec3, b: Vec3, t: number): Vec3 => [
  a[0] + (b[0] - a[0]) * t,
  a[1] + (b[1] - a[1]) * t,
  a[2] + (b[2] - a[2]) * t,
];
const times = (a: Vec3, by: number): Vec3 => [a[0] * by, a[1] * by, a[2] * by];
const plus = (a: Vec3, b: Vec3): Vec3 => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const brightness = ([r, g, b]: Vec3): number => 0.3 * r + 0.6 * g + 0.1 * b;

/** How high the sun stands, in radians; negative at night. */
export const elevationAt = (hour: number): number =>
  ((Math.sin(((hour - 6) / 12) * Math.PI) * 56 + 3) * Math.PI) / 180;

export function lightOf({ weather, hour, north, look }: Sky): Light {
  const dice = new Dice(look, 'light');
  const elevation = elevationAt(hour);
  const day = smoothstep(-0.12, 0.16, elevation);
  const low = 1 - smoothstep(0.05, 0.5, elevation);
  const azimuth = north + ((hour - 12) / 12) * Math.PI;
  // A sun on the horizon would throw shadows without end.
  const raised = Math.max(0.16, elevation);
  const closed = weather !== 'sun';
  const sunny = closed ? 0 : 1;
  const side = Math.cos(raised);
  const above = plus(times([0.68, 0.78, 0.96], 0.4 * day * (closed ? 1.1 : 1)), [0.012, 0.016, 0.028]);
  const dusk = mix([1.02, 0.96, 0.88], [1.15, 0.68, 0.36], low);
  const grey: Vec3 = times([0.66, 0.69, 0.73], day);
  const horizonClear = mix(
    mix([0.62, 0.74, 0.9], [0.95, 0.62, 0.42], low * 0.8),
    [0.012, 0.016, 0.03],
    1 - day,
  );
  const zenithClear = mix(mix([0.16, 0.34, 0.72], [0.2, 0.28, 0.5], low), [0.004, 0.006, 0.016], 1 - day);
  const glow: Vec3 = times([0.05, 0.04, 0.03], 1 - day);
  const horizon = closed ? plus(times(grey, dice.range(0.7, 1.1)), glow) : horizonClear;
  const zenith = closed ? plus(times(grey, dice.range(0.45, 0.9)), times(glow, 0.4)) : zenithClear;
  const sunColour = closed ? times(above, 0.9) : times(dusk, 1.15 * smoothstep(-0.02, 0.2, elevation));
  const total = brightness(above) + 0.3 * brightness(sunColour) + 0.06 * (1 - day);
  return {
    sun:
      closed || elevation < 0
        ? [0.12, 1, 0.08]
        : [Math.sin(azimuth) * side, Math.sin(raised), Math.cos(azimuth) * side],
    sunColour,
    disc: sunny * smoothstep(-0.05, 0.05, elevation),
    zenith,
    horizon,
    above: closed ? times(above, dice.range(0.85, 1.05)) : above,
    below: times(
      mix([0.2, 0.18, 0.15], [0.1, 0.1, 0.11], closed ? 1 : 0),
      day * (weather === 'snow' ? 2.4 : 1),
    ),
    clouds: closed ? dice.range(0.75, 1) : dice.range(0, 0.55),
    fog:
      weather === 'fog'
        ? dice.range(0.012, 0.034)
        : weather === 'rain' || weather === 'snow'
          ? dice.range(0.003, 0.008)
          : dice.range(0.0006, 0.002),
    wet: weather === 'rain' ? dice.range(0.6, 1) : weather === 'overcast' && dice.chance(0.2) ? 0.5 : 0,
    snow: weather === 'snow' ? dice.range(0.35, 1) : 0,
    lamps: 1 - smoothstep(0.02, 0.16, elevation),
    exposure:
      (dice.range(1.05, 1.5) / Math.pow(total + 0.02, 0.8)) *
      (day < 0.3 ? (weather === 'snow' ? 0.36 : 0.62) : 1),
    falling: weather === 'rain' || weather === 'snow' ? dice.range(0.25, 1) : 0,
    glare: 1 + day * dice.range(0, 1.8),
  };
}

/** Light that tells nothing of distance or shape, and a sky of one colour: for tests of edges. */
export const flatLight = (sky: Vec3): Light => ({
  ...lightOf({ weather: 'overcast', hour: 12, north: 0, look: 1 }),
  zenith: sky,
  horizon: sky,
  clouds: 0,
  fog: 0,
  wet: 0,
  falling: 0,
  exposure: 0.8,
  glare: 1,
});
