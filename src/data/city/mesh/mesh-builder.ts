// Triangles with everything that the shaders need, collected into one mesh: one draw call for a whole city.
import type { CityClassId } from '../city-classes';
import type { TileName } from '../render/tiles';
import { tileIndex, tileMetres } from '../render/tiles';

export type Vec3 = readonly [x: number, y: number, z: number];
/** Red, green and blue from 0 to 1 as a screen shows them. */
export type Tint = readonly [red: number, green: number, blue: number];

/** How the surfaces that follow look and what they are. */
export interface Paint {
  tile: TileName;
  tint: Tint;
  is: CityClassId;
  instance: number;
  /** 0 to 1: how brightly it shines when lamps are lit. */
  glow?: number;
}

export interface CityMesh {
  vertices: number;
  positions: Float32Array;
  normals: Float32Array;
  uvs: Float32Array;
  /** Red, green, blue, glow. */
  colours: Uint8Array;
  /** Tile, class id, instance. */
  tags: Float32Array;
  indices: Uint32Array;
  /** How many of the indices belong to what is near enough to throw a shadow that is seen; they come first. */
  casting: number;
}

/** Texture coordinates of a quad's corners, in tiles. */
export type QuadUv = readonly [u0: number, v0: number, u1: number, v1: number];

export class MeshBuilder {
  private positions: number[] = [];
  private normals: number[] = [];
  private uvs: number[] = [];
  private colours: number[] = [];
  private tags: number[] = [];
  private indices: number[] = [];
  private origin: Vec3 = [0, 0, 0];
  private sine = 0;
  private cosine = 1;
  private tag: readonly [number, number, number] = [0, 0, 0];
  private rgba: readonly [number, number, number, number] = [0, 0, 0, 0];
  /** Metres that the current tile spans. */
  metres = 1;
  instances = 0;
  private casting: number | null = null;

  get triangles(): number {
    return this.indices.length / 3;
  }

  /** A number for the next thing: 1, 2, 3 ... */
  newInstance(): number {
    return ++this.instances;
  }

  paint({ tile, tint, is, instance, glow = 0 }: Paint): this {
    this.tag = [tileIndex(tile), is, instance];
    this.metres = tileMetres(tile);
    const byte = (value: number) => Math.max(0, Math.min(255, Math.round(value * 255)));
    this.rgba = [byte(tint[0]), byte(tint[1]), byte(tint[2]), byte(glow)];
    return this;
  }

  /** What follows is placed there and turned to the left by `yaw`. */
  place(x: number, y: number, z: number, yaw: number): this {
    this.origin = [x, y, z];
    this.sine = Math.sin(yaw);
    this.cosine = Math.cos(yaw);
    return this;
  }

  vertex(point: Vec3, normal: Vec3, u: number, v: number): number {
    const { sine, cosine, origin } = this;
    const index = this.positions.length / 3;
    this.positions.push(
      origin[0] + point[0] * cosine + point[2] * sine,
      origin[1] + point[1],
      origin[2] - point[0] * sine + point[2] * cosine,
    );
    this.normals.push(
      normal[0] * cosine + normal[2] * sine,
      normal[1],
      -normal[0] * sine + normal[2] * cosine,
    );
    this.uvs.push(u, v);
    this.colours.push(...this.rgba);
    this.tags.push(...this.tag);
    return index;
  }

  triangle(a: number, b: number, c: number): void {
    this.indices.push(a, b, c);
  }

  /** A flat quad a, b, c, d, anticlockwise as seen from outside; its texture follows from its size unless given. */
  quad(a: Vec3, b: Vec3, c: Vec3, d: Vec3, uv?: QuadUv, normal = normalOf(a, b, d)): void {
    const [u0, v0, u1, v1] = uv ?? [0, 0, distance(a, b) / this.metres, distance(a, d) / this.metres];
    const first = this.vertex(a, normal, u0, v0);
    this.vertex(b, normal, u1, v0);
    this.vertex(c, normal, u1, v1);
    this.vertex(d, normal, u0, v1);
    this.indices.push(first, first + 1, first + 2, first, first + 2, first + 3);
  }

  /** A flat polygon, anticlockwise as seen from outside; its texture lies in the plane that `normal` is upright on. */
  polygon(points: readonly Vec3[], normal: Vec3): void {
    const flat = Math.abs(normal[1]) > 0.7;
    const along = Math.abs(normal[0]) > Math.abs(normal[2]);
    const first = this.positions.length / 3;
    for (const p of points) {
      const u = flat || !along ? p[0] : p[2];
      this.vertex(p, normal, u / this.metres, (flat ? p[2] : p[1]) / this.metres);
    }
    for (let i = 2; i < points.length; i++) this.indices.push(first, first + i - 1, first + i);
  }

  /** Says that what was built up to now throws shadows and what follows does not. */
  endShadows(): void {
    this.casting ??= this.indices.length;
  }

  build(): CityMesh {
    return {
      vertices: this.positions.length / 3,
      positions: Float32Array.from(this.positions),
      normals: Float32Array.from(this.normals),
      uvs: Float32Array.from(this.uvs),
      colours: Uint8Array.from(this.colours),
      tags: Float32Array.from(this.tags),
      indices: Uint32Array.from(this.indices),
      casting: this.casting ?? this.indices.length,
    };
  }
}

const distance = (a: Vec3, b: Vec3): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** The unit normal of the plane through three points. */
export function normalOf(a: Vec3, b: Vec3, c: Vec3): Vec3 {
  const [ux, uy, uz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [vx, vy, vz] = [c[0] - a[0], c[1] - a[1], c[2] - a[2]];
  const n: Vec3 = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  const length = Math.hypot(...n) || 1;
  return [n[0] / length, n[1] / length, n[2] / length];
}
