// Where a picture lies in a viewer: scale in screen pixels per picture pixel, and the screen place of its corner.

export interface ViewBox {
  scale: number;
  x: number;
  y: number;
}

interface Extent {
  width: number;
  height: number;
}

/** The whole picture, as large as fits, in the middle. */
export function fit(picture: Extent, screen: Extent): ViewBox {
  const scale = Math.min(screen.width / picture.width, screen.height / picture.height);
  return {
    scale,
    x: (screen.width - picture.width * scale) / 2,
    y: (screen.height - picture.height * scale) / 2,
  };
}

/** Zooms by `factor` so that what is under the point (screen pixels) stays under it. */
export function zoomAt(
  box: ViewBox,
  factor: number,
  point: { x: number; y: number },
  limits: { min: number; max: number },
): ViewBox {
  const scale = Math.min(limits.max, Math.max(limits.min, box.scale * factor));
  const ratio = scale / box.scale;
  return { scale, x: point.x - (point.x - box.x) * ratio, y: point.y - (point.y - box.y) * ratio };
}

/** The same view moved, but never so far that less than a margin of the picture is left in sight. */
export function pan(box: ViewBox, dx: number, dy: number, picture: Extent, screen: Extent): ViewBox {
  const keep = 48;
  const clamp = (value: number, length: number, room: number) =>
    Math.min(room - Math.min(keep, length), Math.max(Math.min(keep, length) - length, value));
  return {
    scale: box.scale,
    x: clamp(box.x + dx, picture.width * box.scale, screen.width),
    y: clamp(box.y + dy, picture.height * box.scale, screen.height),
  };
}

/** The picture's pixel under a point of the screen, or null beside the picture. */
export function pixelAt(
  box: ViewBox,
  point: { x: number; y: number },
  picture: Extent,
): { x: number; y: number } | null {
  const x = Math.floor((point.x - box.x) / box.scale);
  const y = Math.floor((point.y - box.y) / box.scale);
  return x >= 0 && y >= 0 && x < picture.width && y < picture.height ? { x, y } : null;
}
