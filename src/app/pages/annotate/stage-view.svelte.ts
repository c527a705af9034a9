// Where the picture lies on the stage, and where the pointer and the keyboard's crosshair are in it.
import type { Point } from '../../../data/strokes/spans';
import type { Size } from '../../../data/types';
import { fit, pan, zoomAt, type ViewBox } from '../../ui/view-box';

export class StageView {
  /** The stage in screen pixels. */
  width = $state(0);
  height = $state(0);
  /** In picture pixels; null while the pointer is elsewhere. */
  pointer = $state.raw<Point | null>(null);
  /** The centre of the pixel that the keyboard paints; null until an arrow key was pressed. */
  cross = $state.raw<Point | null>(null);
  #moved = $state.raw<ViewBox | null>(null);
  readonly #picture: Size;

  constructor(picture: Size) {
    this.#picture = picture;
  }

  readonly #screen = $derived({ width: Math.max(1, this.width), height: Math.max(1, this.height) });
  readonly #whole = $derived.by(() => fit(this.#picture, this.#screen));
  readonly box = $derived(this.#moved ?? this.#whole);

  get #limits() {
    return { min: Math.min(this.#whole.scale, 1) / 2, max: Math.max(this.#whole.scale * 4, 40) };
  }

  fit(): void {
    this.#moved = null;
  }

  /** Zooms about a place of the screen, or about the crosshair or the middle. */
  zoom(factor: number, at?: Point): void {
    const { box, cross } = this;
    const middle = cross
      ? { x: box.x + cross.x * box.scale, y: box.y + cross.y * box.scale }
      : { x: this.#screen.width / 2, y: this.#screen.height / 2 };
    this.#moved = zoomAt(box, factor, at ?? middle, this.#limits);
  }

  pan(dx: number, dy: number): void {
    this.#moved = pan(this.box, dx, dy, this.#picture, this.#screen);
  }

  /** The place in the picture under a place of the screen; it may lie beside the picture. */
  toPicture({ x, y }: Point): Point {
    const { box } = this;
    return { x: (x - box.x) / box.scale, y: (y - box.y) / box.scale };
  }

  contains({ x, y }: Point): boolean {
    return x >= 0 && y >= 0 && x < this.#picture.width && y < this.#picture.height;
  }

  /** Moves the crosshair, first to where the pointer is or to the middle, and keeps it in sight. */
  moveCross(dx: number, dy: number): Point {
    const { width, height } = this.#picture;
    const start = this.cross ?? this.pointer ?? this.toPicture({ x: this.width / 2, y: this.height / 2 });
    const inside = (value: number, length: number) =>
      Math.min(length - 1, Math.max(0, Math.floor(value))) + 0.5;
    const cross = { x: inside(start.x + dx, width), y: inside(start.y + dy, height) };
    this.cross = cross;
    this.#reveal(cross);
    return cross;
  }

  #reveal({ x, y }: Point): void {
    const { box } = this;
    const margin = 24;
    const beyond = (place: number, length: number) =>
      place < margin ? margin - place : place > length - margin ? length - margin - place : 0;
    const dx = beyond(box.x + x * box.scale, this.#screen.width);
    const dy = beyond(box.y + y * box.scale, this.#screen.height);
    const inFit = this.#moved === null;
    if (!inFit && (dx !== 0 || dy !== 0)) this.pan(dx, dy);
  }
}
