// A network as far as it can be drawn: layers whose type or settings are not understood keep their name and their blobs.
import type { LayerEntry } from './read-layer';
import { layerTypes } from './schema';
import type { InputSpec, LayerSpec } from './spec';

/** A layer of which no more is known than what every layer has. */
export interface UnreadLayer {
  unread: true;
  name: string;
  /** As the file says; `supported` tells whether it is one that Intarsia runs. */
  type: string;
  supported: boolean;
  line: number;
  bottoms: string[];
  tops: string[];
}

export type SketchLayer = LayerSpec | UnreadLayer;

/** The layers of one view in the order of the text. A NetSpec is one without unread layers. */
export interface NetSketch {
  inputs: readonly InputSpec[];
  layers: readonly SketchLayer[];
}

export const isUnread = (layer: SketchLayer): layer is UnreadLayer => 'unread' in layer;

/** Whether the network needs layers that Intarsia does not have, so that mending its text would not help. */
export function hasForeignLayers({ layers }: NetSketch): boolean {
  return layers.some((layer) => isUnread(layer) && !layer.supported);
}

/** What can be said of a layer before it is read. */
export function unreadLayer({ name, type, fields }: LayerEntry): UnreadLayer {
  const texts = (field: string) =>
    fields.all(field).flatMap(({ value }) => (value.kind === 'string' ? [value.text] : []));
  const supported = Object.hasOwn(layerTypes, type);
  const { line } = fields.place;
  return { unread: true, name, type, supported, line, bottoms: texts('bottom'), tops: texts('top') };
}
