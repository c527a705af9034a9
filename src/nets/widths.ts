// Other widths for a network's layers, so that what is grouped still divides and what is summed is still equal.
import { failLayer } from './shapes';
import {
  countChannels,
  gcd,
  isSized,
  joinsChannels,
  learns,
  type Channels,
  type SizedLayer,
  type TracedLayer,
} from './channels';
import type { LayerSpec } from './spec';

/** A layer's new num_output and group. */
export interface LayerSize {
  numOutput: number;
  group: number;
}

const lcm = (a: number, b: number) => (a * b) / gcd(a, b);

/** Layers that must have one width, and what it must be a multiple of. */
class Ties {
  readonly #next = new Map<string, string>();
  readonly #units = new Map<string, number>();
  readonly #pins = new Map<string, number>();

  root(name: string): string {
    let at = name;
    while (this.#next.has(at)) at = this.#next.get(at)!;
    return at;
  }

  tie(a: string, b: string): void {
    const [from, to] = [this.root(a), this.root(b)];
    if (from === to) return;
    this.#next.set(from, to);
    this.divideBy(to, this.#units.get(from) ?? 1);
    const pin = this.#pins.get(from);
    if (pin !== undefined) this.pin(to, pin);
  }

  divideBy(name: string, unit: number): void {
    const root = this.root(name);
    this.#units.set(root, lcm(this.#units.get(root) ?? 1, unit));
  }

  pin(name: string, size: number): void {
    this.#pins.set(this.root(name), size);
  }

  size(layer: SizedLayer, width: number): number {
    const root = this.root(layer.name);
    const pin = this.#pins.get(root);
    if (pin !== undefined) return pin;
    if (width === 1) return layer.numOutput;
    const unit = this.#units.get(root) ?? 1;
    return Math.max(unit, Math.round((layer.numOutput * width) / unit) * unit);
  }
}

/** The bottoms that must have as many channels as each other. */
function equalBottoms({ layer, bottoms }: TracedLayer): Channels[] {
  const { type } = layer;
  if (type === 'Eltwise' || type === 'Scale' || type === 'Bias') return bottoms;
  return type === 'Concat' && !joinsChannels(layer) ? bottoms : [];
}

function tieChannels(ties: Ties, a: Channels, b: Channels, sizes: ReadonlyMap<string, number>): void {
  const alike =
    a.length === b.length && a.every(({ times, per }, i) => times / per === b[i]!.times / b[i]!.per);
  if (alike && a.every(({ source }, i) => (source === null) === (b[i]!.source === null))) {
    a.forEach(({ source }, i) => source !== null && ties.tie(source, b[i]!.source!));
  } else if ([a, b].some((side) => side.every(({ source }) => source === null))) {
    // What is summed with an input must keep the input's channels.
    for (const { source } of [...a, ...b]) if (source !== null) ties.pin(source, sizes.get(source)!);
  }
}

function needDivisible(ties: Ties, channels: Channels, by: number): void {
  for (const { source, times, per } of channels) {
    if (source !== null) ties.divideBy(source, (by * per) / gcd(by * per, times));
  }
}

/**
 * New sizes for all layers with num_output, by name. Learned layers are scaled; frozen ones and scores keep their size or get `classes`.
 * @param views the layers of each view of the network; a layer that is in several has one size.
 * @throws AppError 'bad-network' naming the layer and its line, where slice points would no longer fit.
 */
export function scaledSizes(
  views: readonly TracedLayer[][],
  scores: ReadonlySet<string>,
  { width, classes }: { width: number; classes: number | null },
): Map<string, LayerSize> {
  const all = views.flat();
  const layers = new Map<string, SizedLayer>();
  for (const { layer } of all) {
    if (!isSized(layer)) continue;
    const other = layers.get(layer.name);
    if (other && other.numOutput !== layer.numOutput)
      failLayer(layer, `a layer of the same name in another phase has ${other.numOutput} outputs.`);
    layers.set(layer.name, layer);
  }
  const before = new Map([...layers.values()].map(({ name, numOutput }) => [name, numOutput]));
  const ties = new Ties();
  const shared = new Map<string, string>();
  for (const entry of all) {
    const { layer, bottoms, follows } = entry;
    const [first, ...others] = equalBottoms(entry);
    for (const other of others) tieChannels(ties, first!, other, before);
    if (layer.type === 'Slice' && joinsChannels(layer) && !layer.slicePoints.length)
      needDivisible(ties, bottoms[0]!, layer.tops.length);
    if (!isSized(layer) || follows) continue;
    if (layer.type !== 'InnerProduct') {
      ties.divideBy(layer.name, layer.group);
      bottoms.forEach((bottom) => needDivisible(ties, bottom, layer.group));
    }
    const blob = layer.params[0]?.name;
    if (blob) ties.tie(layer.name, shared.get(blob) ?? layer.name);
    if (blob) shared.set(blob, layer.name);
    if (scores.has(layer.name)) ties.pin(layer.name, classes ?? layer.numOutput);
    else if (!learns(layer)) ties.pin(layer.name, layer.numOutput);
  }
  const after = new Map([...layers.values()].map((layer) => [layer.name, ties.size(layer, width)]));
  const sizes = new Map<string, LayerSize>();
  for (const entry of all) {
    checkSlice(entry, before, after);
    if (isSized(entry.layer)) sizes.set(entry.layer.name, newSize(entry.layer, entry, before, after));
  }
  return sizes;
}

function newSize(
  layer: SizedLayer,
  { bottoms, follows }: TracedLayer,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): LayerSize {
  const group = layer.type === 'InnerProduct' ? 1 : layer.group;
  if (!follows) return { numOutput: after.get(layer.name)!, group };
  const each = layer.numOutput / countChannels(bottoms[0]!, before);
  const channels = countChannels(bottoms[0]!, after);
  // One channel is its own group, said or not: what was written for one class may become many.
  return { numOutput: each * channels, group: group > 1 || layer.numOutput === 1 ? channels : 1 };
}

function checkSlice(
  { layer, bottoms }: { layer: LayerSpec; bottoms: Channels[] },
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): void {
  if (layer.type !== 'Slice' || !joinsChannels(layer) || !layer.slicePoints.length) return;
  const [old, now] = [before, after].map((sizes) => countChannels(bottoms[0]!, sizes));
  if (old === now) return;
  failLayer(
    layer,
    `its slice points ${layer.slicePoints.join(', ')} are meant for ${old} channels, and there would be ${now}. ` +
      'Leave the slice points out if the parts are equal, or keep the width.',
  );
}
