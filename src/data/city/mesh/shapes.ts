// The shapes that things are made of. All are closed, so that none can be looked into.
import type { MeshBuilder, Vec3 } from './mesh-builder';

/** Which faces of a box to leave out; what stands on the ground needs no bottom. */
interface BoxFaces {
  bottom?: boolean;
  top?: boolean;
}

/** A box on `y` with its middle at x, z. */
export function box(
  mesh: MeshBuilder,
  [x, y, z]: Vec3,
  [width, height, depth]: Vec3,
  { bottom = false, top = true }: BoxFaces = {},
): void {
  const [x0, x1, y0, y1, z0, z1] = [
    x - width / 2,
    x + width / 2,
    y,
    y + height,
    z - depth / 2,
    z + depth / 2,
  ];
  mesh.quad([x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1]);
  mesh.quad([x1, y0, z0], [x0, y0, z0], [x0, y1, z0], [x1, y1, z0]);
  mesh.quad([x1, y0, z1], [x1, y0, z0], [x1, y1, z0], [x1, y1, z1]);
  mesh.quad([x0, y0, z0], [x0, y0, z1], [x0, y1, z1], [x0, y1, z0]);
  if (top) mesh.quad([x0, y1, z1], [x1, y1, z1], [x1, y1, z0], [x0, y1, z0]);
  if (bottom) mesh.quad([x0, y0, z0], [x1, y0, z0], [x1, y0, z1], [x0, y0, z1]);
}

/** A round or many-sided bar from one point to another, its radius going from `r0` to `r1`. */
export function bar(
  mesh: MeshBuilder,
  from: Vec3,
  to: Vec3,
  r0: number,
  r1 = r0,
  sides = 6,
  capped = false,
): void {
  const axis: Vec3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const length = Math.hypot(...axis) || 1;
  const [ax, ay, az] = [axis[0] / length, axis[1] / length, axis[2] / length];
  // Any two directions upright on the axis and on each other.
  const helper: Vec3 = Math.abs(ay) < 0.9 ? [0, 1, 0] : [1, 0, 0];
  let [px, py, pz] = [
    ay * helper[2] - az * helper[1],
    az * helper[0] - ax * helper[2],
    ax * helper[1] - ay * helper[0],
  ];
  const p = Math.hypot(px, py, pz) || 1;
  [px, py, pz] = [px / p, py / p, pz / p];
  const [qx, qy, qz] = [ay * pz - az * py, az * px - ax * pz, ax * py - ay * px];
  let before = -1;
  const ends: [number[], number[]] = [[], []];
  for (let i = 0; i <= sides; i++) {
    const angle = (i / sides) * 2 * Math.PI;
    const [c, s] = [Math.cos(angle), Math.sin(angle)];
    const n: Vec3 = [px * c + qx * s, py * c + qy * s, pz * c + qz * s];
    const u = (i / sides) * Math.max(1, Math.round((2 * Math.PI * r0) / mesh.metres));
    const at = (end: Vec3, r: number): Vec3 => [end[0] + n[0] * r, end[1] + n[1] * r, end[2] + n[2] * r];
    const low = mesh.vertex(at(from, r0), n, u, 0);
    mesh.vertex(at(to, r1), n, u, length / mesh.metres);
    if (before >= 0) {
      mesh.triangle(before, low, low + 1);
      mesh.triangle(before, low + 1, before + 1);
    }
    before = low;
    if (capped && i < sides) {
      ends[0].push(mesh.vertex(at(from, r0), [-ax, -ay, -az], u, 0));
      ends[1].push(mesh.vertex(at(to, r1), [ax, ay, az], u, 0));
    }
  }
  if (capped) {
    for (const end of ends) for (let i = 2; i < end.length; i++) mesh.triangle(end[0]!, end[i - 1]!, end[i]!);
  }
}

/** An ellipsoid; `lump` moves each of its points in or out by up to that share, drawn by `random`. */
export function blob(
  mesh: MeshBuilder,
  [x, y, z]: Vec3,
  [rx, ry, rz]: Vec3,
  {
    around = 7,
    rings = 4,
    lump = 0,
    random = () => 0.5,
  }: { around?: number; rings?: number; lump?: number; random?: () => number } = {},
): void {
  const rows: number[][] = [];
  for (let j = 0; j <= rings; j++) {
    const polar = (j / rings) * Math.PI;
    const [ringY, ringR] = [-Math.cos(polar), Math.sin(polar)];
    const row: number[] = [];
    let first = 0;
    for (let i = 0; i <= around; i++) {
      const angle = (i / around) * 2 * Math.PI;
      const n: Vec3 = [ringR * Math.cos(angle), ringY, ringR * Math.sin(angle)];
      // The seam's two ends, and all points of a pole, are one point.
      const drawn =
        i === around || ((j === 0 || j === rings) && i > 0) ? first : 1 + lump * (random() * 2 - 1);
      if (i === 0) first = drawn;
      const point: Vec3 = [x + n[0] * rx * drawn, y + n[1] * ry * drawn, z + n[2] * rz * drawn];
      const u = (i / around) * Math.max(1, Math.round((2 * Math.PI * rx) / mesh.metres));
      row.push(mesh.vertex(point, n, u, ((ringY + 1) * ry) / mesh.metres));
    }
    rows.push(row);
  }
  for (let j = 0; j < rings; j++) {
    for (let i = 0; i < around; i++) {
      const [a, b, c, d] = [rows[j]![i]!, rows[j]![i + 1]!, rows[j + 1]![i + 1]!, rows[j + 1]![i]!];
      if (j > 0) mesh.triangle(a, c, b);
      if (j < rings - 1) mesh.triangle(a, d, c);
    }
  }
}

/** One cross-section of a body: at `z`, from `y0` to `y1`, half as wide at the bottom as `bottom` says, and at the top. */
export interface Section {
  z: number;
  y0: number;
  y1: number;
  bottom: number;
  top: number;
}

/** A body through cross-sections, from the rear (large z) to the front. */
export function loft(mesh: MeshBuilder, sections: readonly Section[]): void {
  const corners = ({ z, y0, y1, bottom, top }: Section): [Vec3, Vec3, Vec3, Vec3] => [
    [-bottom, y0, z],
    [bottom, y0, z],
    [top, y1, z],
    [-top, y1, z],
  ];
  const rear = corners(sections[0]!);
  mesh.quad(...rear);
  for (let i = 1; i < sections.length; i++) {
    const [a, b, c, d] = corners(sections[i - 1]!);
    const [e, f, g, h] = corners(sections[i]!);
    mesh.quad(b, f, g, c);
    mesh.quad(e, a, d, h);
    mesh.quad(d, c, g, h);
  }
  const [a, b, c, d] = corners(sections[sections.length - 1]!);
  mesh.quad(b, a, d, c);
}
