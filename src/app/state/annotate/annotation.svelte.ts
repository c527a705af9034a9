// One picture while it is annotated: its label map, the stroke being drawn, and what can be undone.
import { brushLine, brushPlace } from '../../../data/strokes/brush';
import { flood } from '../../../data/strokes/flood';
import { History } from '../../../data/strokes/history';
import { polygon } from '../../../data/strokes/polygon';
import { paintShape, unite, type Paint, type Point, type Rect } from '../../../data/strokes/spans';
import { labelTheRest, takePrediction, voidTheRest } from '../../../data/strokes/whole';
import type { LabelMap, RgbImage, TileKey } from '../../../data/types';
import { histogram } from '../../ui/overlay';

/** A stroke between its first point and its end. */
interface Stroke {
  kind: 'brush' | 'line';
  paint: Paint;
  size: number;
  /** The labels before it began. */
  before: Uint8Array;
  from: Point;
  to: Point;
  changed: Rect | null;
}

interface Opened {
  key: TileKey;
  name: string;
  image: RgbImage;
  labels: Uint8Array;
}

export class Annotation {
  readonly key: TileKey;
  readonly name: string;
  readonly image: RgbImage;
  readonly map: LabelMap;
  readonly #store: (key: TileKey, labels: Uint8Array) => void;
  readonly #history = new History();
  #stroke: Stroke | null = null;
  #lastEnd: Point | null = null;
  #drawing = $state(false);
  #corners = $state.raw<readonly Point[]>([]);
  #canUndo = $state(false);
  #canRedo = $state(false);
  #counts = $state.raw<Uint32Array>(new Uint32Array(256));
  /** Counts what a view has to draw anew. */
  #version = $state(0);
  #dirty: Rect | null = null;

  /** `store` is called with the label map after each finished stroke. */
  constructor({ key, name, image, labels }: Opened, store: (key: TileKey, labels: Uint8Array) => void) {
    const { width, height } = image;
    this.key = key;
    this.name = name;
    this.image = image;
    this.map = { width, height, labels };
    this.#store = store;
    this.#counts = histogram(labels);
  }

  /** Pixels per label value, as of the last finished stroke. */
  get counts(): Uint32Array {
    return this.#counts;
  }
  get version(): number {
    return this.#version;
  }
  get canUndo(): boolean {
    return this.#canUndo;
  }
  get canRedo(): boolean {
    return this.#canRedo;
  }
  /** True while a stroke or line is drawn. */
  get drawing(): boolean {
    return this.#drawing;
  }
  /** The corners of the polygon that is being placed. */
  get corners(): readonly Point[] {
    return this.#corners;
  }
  /** Where the last stroke ended: a straight line goes on from there. */
  get lastEnd(): Point | null {
    return this.#lastEnd;
  }

  labelAt({ x, y }: Point): number | undefined {
    return this.map.labels[Math.floor(y) * this.map.width + Math.floor(x)];
  }

  /** What changed since this was asked last; null for nothing. */
  takeDirty(): Rect | null {
    const dirty = this.#dirty;
    this.#dirty = null;
    return dirty;
  }

  /** Begins a stroke at `point`, or with `from` a straight one from there. */
  begin(kind: Stroke['kind'], point: Point, paint: Paint, size: number, from: Point | null = null): void {
    this.cancel();
    const to = brushPlace(point, size);
    this.#stroke = {
      kind,
      paint,
      size,
      before: this.map.labels.slice(),
      from: from ? brushPlace(from, size) : to,
      to,
      changed: null,
    };
    this.#drawing = true;
    this.#drawStroke(this.#stroke);
  }

  /** The stroke goes on through `points`. */
  extend(points: readonly Point[]): void {
    const stroke = this.#stroke;
    if (!stroke) return;
    for (const point of points) {
      const place = brushPlace(point, stroke.size);
      if (place.x === stroke.to.x && place.y === stroke.to.y) continue;
      if (stroke.kind === 'line') this.#restore(stroke);
      else stroke.from = stroke.to;
      stroke.to = place;
      this.#drawStroke(stroke);
    }
  }

  /** Ends the stroke and stores it. False where it changed nothing. */
  end(): boolean {
    const stroke = this.#stroke;
    if (!stroke) return false;
    this.#stroke = null;
    this.#drawing = false;
    this.#lastEnd = stroke.to;
    return this.#finish(stroke.before);
  }

  /** Drops the stroke or the polygon that is being drawn. False where there is none. */
  cancel(): boolean {
    const stroke = this.#stroke;
    if (stroke) this.#restore(stroke);
    const dropped = stroke !== null || this.#corners.length > 0;
    this.#stroke = null;
    this.#drawing = false;
    this.#corners = [];
    return dropped;
  }

  addCorner(point: Point): void {
    this.#corners = [...this.#corners, point];
  }

  /** Takes the last corner away. False where there is none. */
  removeCorner(): boolean {
    const had = this.#corners.length > 0;
    this.#corners = this.#corners.slice(0, -1);
    return had;
  }

  /** Fills the polygon. False where it changed nothing. */
  closePolygon(paint: Paint): boolean {
    const corners = this.#corners;
    this.#corners = [];
    return this.#act(() => this.#mark(paintShape(this.map, polygon(corners), paint)));
  }

  fill(point: Point, tolerance: number, paint: Paint): boolean {
    const [x, y] = [Math.floor(point.x), Math.floor(point.y)];
    if (x < 0 || y < 0 || x >= this.map.width || y >= this.map.height) return false;
    return this.#act(() =>
      this.#mark(paintShape(this.map, flood(this.image, this.map, x, y, tolerance), paint)),
    );
  }

  labelRest(paint: Paint): boolean {
    return this.#act(() => labelTheRest(this.map.labels, paint), true);
  }

  voidRest(locked: ReadonlySet<number>): boolean {
    return this.#act(() => voidTheRest(this.map.labels, locked), true);
  }

  takePrediction(prediction: Uint8Array, locked: ReadonlySet<number>): boolean {
    return this.#act(() => takePrediction(this.map.labels, prediction, locked), true);
  }

  undo(): boolean {
    if (this.cancel()) return true;
    if (!this.#history.undo(this.map.labels)) return false;
    this.#changed(true);
    return true;
  }

  redo(): boolean {
    this.cancel();
    if (!this.#history.redo(this.map.labels)) return false;
    this.#changed(true);
    return true;
  }

  /** One undo step of what `change` does. */
  #act(change: () => void, everywhere = false): boolean {
    this.cancel();
    const before = this.map.labels.slice();
    change();
    return this.#finish(before, everywhere);
  }

  #finish(before: Uint8Array, everywhere = false): boolean {
    if (!this.#history.push(before, this.map.labels)) return false;
    this.#changed(everywhere);
    return true;
  }

  #changed(everywhere: boolean): void {
    const { width, height, labels } = this.map;
    if (everywhere) this.#mark({ x: 0, y: 0, width, height });
    this.#canUndo = this.#history.canUndo;
    this.#canRedo = this.#history.canRedo;
    this.#counts = histogram(labels);
    this.#store(this.key, labels);
  }

  #drawStroke(stroke: Stroke): void {
    const changed = paintShape(this.map, brushLine(stroke.from, stroke.to, stroke.size), stroke.paint);
    stroke.changed = unite(stroke.changed, changed);
    this.#mark(changed);
  }

  /** Takes back what a stroke has painted so far. */
  #restore(stroke: Stroke): void {
    const { changed, before } = stroke;
    if (!changed) return;
    for (let y = changed.y; y < changed.y + changed.height; y++) {
      const from = y * this.map.width + changed.x;
      this.map.labels.set(before.subarray(from, from + changed.width), from);
    }
    this.#mark(changed);
    stroke.changed = null;
  }

  #mark(changed: Rect | null): void {
    if (!changed) return;
    this.#dirty = unite(this.#dirty, changed);
    this.#version++;
  }
}
