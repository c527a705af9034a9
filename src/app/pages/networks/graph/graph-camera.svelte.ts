// What part of the graph is in sight, and the wheel, the drag and the pinch that move it.
import { pan, zoomAt, type ViewBox } from '../../../ui/view-box';
import { openingView, READABLE, reveal, wholeGraph } from './graph-view';
import type { GraphLayout, PlacedNode } from './layout';

interface Finger {
  id: number;
  x: number;
  y: number;
}

/** How far a pointer may tremble in a click. */
const CLICK = 4;

export class GraphCamera {
  width = $state(0);
  height = $state(0);
  /** Whether the last move is one to be seen, not one that follows a hand. */
  gliding = $state(false);
  /** Whether what the pointer does is no click. */
  dragged = false;
  /** Where the person or a selection moved the view; null for the opening view. */
  #moved = $state.raw<ViewBox | null>(null);
  readonly #layout: () => GraphLayout;
  #held: Finger[] = [];

  constructor(layout: () => GraphLayout) {
    this.#layout = layout;
  }

  get box(): ViewBox {
    return this.#moved ?? openingView(this.#layout(), this.screen);
  }

  get screen(): { width: number; height: number } {
    return { width: Math.max(1, this.width), height: Math.max(1, this.height) };
  }

  get #limits() {
    return { min: Math.min(0.5, wholeGraph(this.#layout(), this.screen).scale / 1.5), max: 2.5 };
  }

  /** The whole graph. */
  fit(): void {
    this.#glide(wholeGraph(this.#layout(), this.screen));
  }

  /** What is seen first, again. */
  open(): void {
    this.gliding = true;
    this.#moved = null;
  }

  /** Shows a node as it is read with ease, as high on the screen as it may be for what follows it. */
  readFrom({ x, y, width }: PlacedNode): void {
    const scale = Math.max(READABLE, this.box.scale);
    this.#glide({ scale, x: this.screen.width / 2 - (x + width / 2) * scale, y: 48 - y * scale });
  }

  /** Zooms at the middle. */
  zoom(factor: number): void {
    const { width, height } = this.screen;
    this.#glide(zoomAt(this.box, factor, { x: width / 2, y: height / 2 }, this.#limits));
  }

  /** Brings a node into sight. */
  show(placed: PlacedNode): void {
    const next = reveal(this.box, placed, this.screen);
    if (next !== this.box && this.width) this.#glide(next);
  }

  #glide(next: ViewBox): void {
    this.gliding = true;
    this.#moved = next;
  }

  /** Listens on the element that shows the graph. */
  listen = (element: HTMLElement): (() => void) => {
    const place = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
      const { left, top } = element.getBoundingClientRect();
      return { x: clientX - left, y: clientY - top };
    };
    const wheel = (event: WheelEvent) => {
      // The page scrolls on over a graph that nobody works with; a pinch is a wheel with the control key.
      if (!event.ctrlKey && !event.metaKey && !element.contains(document.activeElement)) return;
      event.preventDefault();
      this.gliding = false;
      const factor = Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015));
      this.#moved = zoomAt(this.box, factor, place(event), this.#limits);
    };
    const down = (event: PointerEvent) => {
      if (event.button !== 0) return;
      this.dragged = false;
      this.#held.push({ id: event.pointerId, ...place(event) });
    };
    const move = (event: PointerEvent) => {
      const finger = this.#held.find(({ id }) => id === event.pointerId);
      if (!finger) return;
      const point = place(event);
      if (!this.dragged && Math.hypot(point.x - finger.x, point.y - finger.y) < CLICK) return;
      // Only a real drag takes the pointer away from the node under it.
      if (!this.dragged) element.setPointerCapture(event.pointerId);
      this.dragged = true;
      this.gliding = false;
      this.#moved = this.#movedBy(finger, point);
      Object.assign(finger, point);
    };
    const up = (event: PointerEvent) => {
      this.#held = this.#held.filter(({ id }) => id !== event.pointerId);
    };
    const end = new AbortController();
    const { signal } = end;
    // Not passive: the page must not scroll while the graph zooms.
    element.addEventListener('wheel', wheel, { passive: false, signal });
    element.addEventListener('pointerdown', down, { signal });
    element.addEventListener('pointermove', move, { signal });
    element.addEventListener('pointerup', up, { signal });
    element.addEventListener('pointercancel', up, { signal });
    return () => end.abort();
  };

  /** The view after one finger moved: panned, or zoomed about the other finger. */
  #movedBy(finger: Finger, point: { x: number; y: number }): ViewBox {
    const other = this.#held.find(({ id }) => id !== finger.id);
    if (!other) return pan(this.box, point.x - finger.x, point.y - finger.y, this.#layout(), this.screen);
    const before = Math.hypot(finger.x - other.x, finger.y - other.y);
    const after = Math.hypot(point.x - other.x, point.y - other.y);
    return zoomAt(this.box, after / Math.max(1, before), other, this.#limits);
  }
}
