// What lies over the picture and is no part of it: the brush's outline, a polygon's corners, the crosshair.
import { brushPlace } from '../../../data/strokes/brush';
import type { Point } from '../../../data/strokes/spans';
import type { Rgb } from '../../../data/types';
import type { ViewBox } from '../../ui/view-box';

export interface Guides {
  box: ViewBox;
  /** Where the brush is; null for none. */
  brush: { point: Point; size: number } | null;
  corners: readonly Point[];
  /** Where the next corner would be. */
  next: Point | null;
  cross: Point | null;
  /** Of the class that is painted. */
  colour: Rgb;
}

/** Draws the guides in screen pixels; each line has a dark and a light edge, so that it shows on any picture. */
export function drawGuides(context: CanvasRenderingContext2D, guides: Guides): void {
  const { box, brush, corners, next, cross, colour } = guides;
  const x = (point: Point) => box.x + point.x * box.scale;
  const y = (point: Point) => box.y + point.y * box.scale;
  const line = (path: Path2D, inner: string) => {
    context.lineJoin = 'round';
    for (const [width, style] of [
      [4, 'rgb(0 0 0 / 0.55)'],
      [2, 'white'],
      [1, inner],
    ] as const) {
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke(path);
    }
  };
  const own = `rgb(${colour.join(' ')})`;
  if (brush) {
    const ring = new Path2D();
    const at = brushPlace(brush.point, brush.size);
    ring.arc(x(at), y(at), Math.max(2, (brush.size / 2) * box.scale), 0, 2 * Math.PI);
    line(ring, own);
  }
  const [first, ...rest] = [...corners, ...(next && corners.length ? [next] : [])];
  if (first) {
    const path = new Path2D();
    path.moveTo(x(first), y(first));
    for (const corner of rest) path.lineTo(x(corner), y(corner));
    if (rest.length > 1) path.closePath();
    line(path, own);
    for (const corner of corners) {
      const dot = new Path2D();
      dot.rect(x(corner) - 3, y(corner) - 3, 6, 6);
      context.fillStyle = own;
      context.fill(dot);
      line(dot, own);
    }
  }
  if (cross) {
    const path = new Path2D();
    const [cx, cy, arm, gap] = [x(cross), y(cross), 14, 4];
    for (const [dx, dy] of [
      [1, 0],
      [-1, 0],
      [0, 1],
      [0, -1],
    ] as const) {
      path.moveTo(cx + dx * gap, cy + dy * gap);
      path.lineTo(cx + dx * arm, cy + dy * arm);
    }
    line(path, own);
  }
}
