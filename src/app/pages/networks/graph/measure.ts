// How wide a text is in the page's font, asked of a canvas once per text.

let context: CanvasRenderingContext2D | null = null;
let family = '';
const known = new Map<string, number>();

/** Width in pixels; an estimate where there is no canvas to ask. */
export function textWidth(text: string, size: number, weight: number): number {
  const key = `${weight} ${size} ${text}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  if (!context) {
    context = document.createElement('canvas').getContext('2d');
    family = getComputedStyle(document.documentElement).fontFamily;
  }
  if (known.size > 5000) known.clear();
  let width = text.length * size * 0.58;
  if (context) {
    context.font = `${weight} ${size}px ${family}`;
    width = context.measureText(text).width;
  }
  known.set(key, width);
  return width;
}
