// Who stands where already, so that nothing is put into something else.
import type { Area } from './scene';

export class Room {
  private readonly circles: { x: number; z: number; r: number }[] = [];

  /** Takes a place of radius `r` if nothing is there; says whether it did. */
  take(x: number, z: number, r: number): boolean {
    const free = this.circles.every((other) => {
      const dx = other.x - x;
      const dz = other.z - z;
      const apart = other.r + r;
      return dx * dx + dz * dz >= apart * apart;
    });
    if (free) this.circles.push({ x, z, r });
    return free;
  }

  /** Takes a long place, as a row of circles. */
  takeLong(x: number, z: number, yaw: number, length: number, width: number): boolean {
    const r = width / 2;
    const steps = Math.max(1, Math.ceil(length / width));
    const points = Array.from({ length: steps }, (_, i) => {
      const along = ((i + 0.5) / steps - 0.5) * (length - width);
      return { x: x - Math.sin(yaw) * along, z: z - Math.cos(yaw) * along, r };
    });
    const free = points.every((point) =>
      this.circles.every(
        (other) => (other.x - point.x) ** 2 + (other.z - point.z) ** 2 >= (other.r + r) ** 2,
      ),
    );
    if (free) this.circles.push(...points);
    return free;
  }
}

export const inside = (area: Area, x: number, z: number, margin = 0): boolean =>
  x > area.x0 - margin && x < area.x1 + margin && z > area.z0 - margin && z < area.z1 + margin;
