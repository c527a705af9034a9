// What stands where, as data: metres, x to the right, z towards the viewer, y up. Yaw 0 looks along -z and turns
// to the left. `look` is the seed of a thing's details: shape, colours, clothes.
import type { Weather } from '../city-settings';

export interface Area {
  x0: number;
  x1: number;
  z0: number;
  z1: number;
}

/** A street along z (at x) or along x (at z): carriageway from kerb to kerb, parking lanes included. */
export interface Street {
  axis: 'x' | 'z';
  /** Where its middle lies on the other axis. */
  at: number;
  width: number;
  lanes: number;
  /** Width of the parking lane on each side, or 0. */
  parking: number;
  line: 'dashed' | 'solid' | 'double' | 'none';
  look: number;
}

export type BlockKind = 'closed' | 'modern' | 'houses' | 'park' | 'yard';

/** What lies between streets: a raised area with a pavement along its edge. */
export interface Block extends Area {
  kind: BlockKind;
  pavement: number;
  look: number;
}

export type RoofKind = 'flat' | 'gable' | 'hip' | 'mansard';

export interface Building {
  /** Middle of the ground floor; at yaw 0 the front looks along +z. */
  x: number;
  z: number;
  yaw: number;
  width: number;
  depth: number;
  floors: number;
  roof: RoofKind;
  /** Balconies, cornices and chimneys, where they can be seen. */
  detailed: boolean;
  ground: 'shop' | 'plain';
  style: 'old' | 'new' | 'house' | 'glass';
  look: number;
}

/** What stands in a line from one point to another. */
export interface Barrier {
  kind: 'hedge' | 'railing' | 'boards' | 'mesh' | 'guard';
  x0: number;
  z0: number;
  x1: number;
  z1: number;
  height: number;
  look: number;
}

export type ThingKind =
  | 'tree'
  | 'bush'
  | 'lamp'
  | 'sign'
  | 'signal'
  | 'bollard'
  | 'bin'
  | 'bench'
  | 'box'
  | 'hydrant'
  | 'cone'
  | 'bags'
  | 'billboard'
  | 'bus-stop';

export interface Thing {
  kind: ThingKind;
  x: number;
  z: number;
  yaw: number;
  /** Height of the ground under it. */
  y: number;
  look: number;
}

export type CarBody = 'sedan' | 'hatch' | 'estate' | 'suv' | 'van' | 'pickup' | 'bus' | 'truck';

/** Cars, people and cyclists look along -z at yaw 0. */
export interface Car {
  x: number;
  z: number;
  yaw: number;
  body: CarBody;
  moving: boolean;
  look: number;
}

export interface Person {
  x: number;
  z: number;
  y: number;
  yaw: number;
  /** Where in its step a person is, or null for one who stands. */
  step: number | null;
  look: number;
}

export interface Camera {
  x: number;
  y: number;
  z: number;
  yaw: number;
  pitch: number;
  /** Vertical field of view in degrees. */
  fov: number;
}

export interface Sky {
  weather: Weather;
  hour: number;
  /** Of the noon sun, in radians. */
  north: number;
  look: number;
}

export interface CityLayout {
  streets: Street[];
  blocks: Block[];
  lawns: Area[];
  buildings: Building[];
  barriers: Barrier[];
  things: Thing[];
  cars: Car[];
  people: Person[];
  cyclists: Person[];
  camera: Camera;
  sky: Sky;
}

/** Height of a block above the street. */
export const kerb = 0.14;
