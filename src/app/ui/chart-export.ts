// A chart as files: its numbers as CSV, its picture as PNG.
import type uPlot from 'uplot';
import { chartColours } from './chart-options';

type Field = string | number | null | undefined;

const field = (value: Field) => {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Columns under their names, as CSV (RFC 4180); what is not there is an empty field. */
export function csv(names: readonly string[], columns: readonly ArrayLike<Field>[]): string {
  const rows = Array.from({ length: columns[0]?.length ?? 0 }, (_, i) =>
    columns.map((column) => field(column[i])).join(','),
  );
  return [names.map(field).join(','), ...rows, ''].join('\r\n');
}

const MARGIN = 12;
const TITLE = 28;

/** What a plot shows, under its title on the page's own surface, as PNG in the pixels of this screen. */
export async function chartPng(plot: uPlot, title: string): Promise<Blob> {
  const ratio = devicePixelRatio || 1;
  const drawn = plot.ctx.canvas;
  const colours = chartColours(plot.root);
  const picture = document.createElement('canvas');
  picture.width = drawn.width + 2 * MARGIN * ratio;
  picture.height = drawn.height + (TITLE + MARGIN) * ratio;
  const context = picture.getContext('2d')!;
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = colours.ink;
  context.font = `600 ${14 * ratio}px system-ui, sans-serif`;
  context.textBaseline = 'middle';
  context.fillText(title, MARGIN * ratio, (TITLE / 2) * ratio, picture.width - 2 * MARGIN * ratio);
  context.drawImage(drawn, MARGIN * ratio, TITLE * ratio);
  const blob = await new Promise<Blob | null>((settle) => picture.toBlob(settle, 'image/png'));
  if (!blob) throw new Error('The browser could not make a picture of this chart.');
  return blob;
}
