// Mouse, pen and fingers on the stage: one finger paints, two move and zoom, the middle button or Space and a drag move.
import type { Point } from '../../../data/strokes/spans';
import type { Annotation } from '../../state/annotate/annotation.svelte';
import type { annotationTools } from '../../state/annotate/tools.svelte';
import type { StageView } from './stage-view.svelte';

export interface StageInputs {
  view: StageView;
  annotation: Annotation;
  tools: typeof annotationTools;
  /** Something was done: a stroke ended, a polygon was closed. `changed` is false where it left all as it was. */
  ondone: (changed: boolean) => void;
  onpick: (point: Point) => void;
}

/** How near to the first corner, in screen pixels, a polygon is closed. */
const closing = 10;

export class StageInput {
  /** While Space is held a drag moves the picture. */
  space = false;
  /** Whether Space was used for that. */
  spaceUsed = false;
  readonly #to: StageInputs;
  readonly #held = new Map<number, Point>();
  #doing: 'nothing' | 'stroke' | 'click' | 'pan' | 'pinch' = 'nothing';
  #erase = false;

  constructor(to: StageInputs) {
    this.#to = to;
  }

  down(event: PointerEvent & { currentTarget: HTMLCanvasElement }): void {
    const { view, annotation, tools, onpick } = this.#to;
    event.currentTarget.setPointerCapture(event.pointerId);
    this.#held.set(event.pointerId, place(event));
    view.cross = null;
    if (this.#held.size > 1) {
      // The second finger says that the first one was not meant to paint.
      if (this.#doing === 'stroke') annotation.cancel();
      this.#doing = 'pinch';
      return;
    }
    const point = view.toPicture(place(event));
    this.#erase = event.button === 2;
    if (event.button === 1 || this.space) {
      this.#doing = 'pan';
      this.spaceUsed = this.space;
    } else if (event.altKey) {
      onpick(point);
    } else if (tools.tool === 'polygon' || tools.tool === 'fill') {
      this.#doing = 'click';
    } else {
      const kind = tools.tool === 'line' ? 'line' : 'brush';
      const from = event.shiftKey && kind === 'brush' ? annotation.lastEnd : null;
      annotation.begin(kind, point, tools.paint(this.#erase), tools.size, from);
      this.#doing = 'stroke';
    }
  }

  move(event: PointerEvent & { currentTarget: HTMLCanvasElement }): void {
    const { view, annotation } = this.#to;
    const now = place(event);
    view.pointer = view.toPicture(now);
    const before = this.#held.get(event.pointerId);
    if (!before) return;
    if (this.#doing === 'stroke') {
      const all = event.getCoalescedEvents();
      annotation.extend((all.length ? all : [event]).map((one) => view.toPicture(placeIn(one, event))));
    } else if (this.#doing === 'pan') {
      view.pan(now.x - before.x, now.y - before.y);
    } else if (this.#doing === 'pinch') {
      this.#pinch(event.pointerId, before, now);
    }
    this.#held.set(event.pointerId, now);
  }

  up(event: PointerEvent): void {
    const { view, annotation, ondone } = this.#to;
    if (!this.#held.delete(event.pointerId)) return;
    if (event.pointerType === 'touch') view.pointer = null;
    if (this.#held.size > 0) return;
    const doing = this.#doing;
    this.#doing = 'nothing';
    if (doing === 'stroke') ondone(annotation.end());
    if (doing === 'click' && event.type === 'pointerup') this.#click(view.toPicture(place(event)));
  }

  doubleClick(): void {
    if (this.#to.tools.tool === 'polygon') this.closePolygon();
  }

  /** A corner of a polygon, or a fill. */
  act(point: Point): void {
    const { annotation, tools, ondone } = this.#to;
    if (tools.tool === 'fill') ondone(annotation.fill(point, tools.tolerance, tools.paint(this.#erase)));
    else annotation.addCorner(point);
  }

  closePolygon(): void {
    const { annotation, tools, ondone } = this.#to;
    if (annotation.corners.length > 2) ondone(annotation.closePolygon(tools.paint()));
  }

  #click(point: Point): void {
    const { view, annotation, tools } = this.#to;
    const [first] = annotation.corners;
    if (tools.tool === 'fill' && !view.contains(point)) return;
    if (tools.tool === 'polygon' && this.#erase) {
      annotation.removeCorner();
    } else if (
      tools.tool === 'polygon' &&
      first &&
      annotation.corners.length > 2 &&
      Math.hypot(first.x - point.x, first.y - point.y) * view.box.scale < closing
    ) {
      this.closePolygon();
    } else {
      this.act(point);
    }
    this.#erase = false;
  }

  #pinch(id: number, before: Point, now: Point): void {
    const { view } = this.#to;
    const other = [...this.#held].find(([one]) => one !== id)?.[1];
    if (!other) return;
    const middle = (a: Point) => ({ x: (a.x + other.x) / 2, y: (a.y + other.y) / 2 });
    const apart = (a: Point) => Math.max(1, Math.hypot(a.x - other.x, a.y - other.y));
    view.pan(middle(now).x - middle(before).x, middle(now).y - middle(before).y);
    view.zoom(apart(now) / apart(before), middle(now));
  }
}

function place(event: MouseEvent & { currentTarget: EventTarget | null }): Point {
  return placeIn(event, event);
}

/** Where `event` is on the element that `handled` is handled by: merged events have no target of their own. */
function placeIn(event: MouseEvent, handled: { currentTarget: EventTarget | null }): Point {
  const { left, top } = (handled.currentTarget as Element).getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
