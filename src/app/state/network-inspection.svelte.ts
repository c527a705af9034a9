// What is known of the text that is edited: checked again as it changes, with the last good state beside it.
import { groupBy } from '../../data/group-by';
import type { Size } from '../../data/types';
import { checkNetwork, type NetworkCheck } from '../../nets/check-network';
import type { NetworkDescription } from '../../nets/describe';
import type { NetView } from '../../nets/net-state';
import { surveyNetwork } from '../../nets/read-network';
import { classCount } from '../../nets/resize-network';
import { hasForeignLayers, type NetSketch } from '../../nets/sketch';
import type { NetSpec } from '../../nets/spec';
import { layerAtLine, layerLines, type LayerLines } from './layer-lines';
import { layerRow, shapeTexts, unknownRow } from './layer-rows';
import { library } from './library.svelte';
import { networkGraph } from './network-graph';
import { factsOf } from './network-facts';

/** The last of something that was good, and whether the text has been broken since. */
interface Kept<Value> {
  value: Value;
  stale: boolean;
}

export class NetworkInspection {
  /** The image to calculate with; null for what the file declares. */
  size = $state.raw<Size | null>(null);
  view = $state<NetView>('train');
  /** The layer that is lit in text, graph and table. */
  selected = $state<string | null>(null);
  #datasetId = $state('');
  #text = $state('');
  #goodSpec: NetSpec | null = null;
  #goodDescription: NetworkDescription | null = null;
  #goodLines: LayerLines[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  readonly #dataset = $derived(library.dataset(this.#datasetId) ?? null);

  /** All that is to be said of the text as it was last given. */
  readonly check: NetworkCheck = $derived(
    checkNetwork(this.#text, {
      size: this.size,
      classes: this.#dataset?.classes.length ?? null,
      view: this.view,
    }),
  );

  readonly spec: Kept<NetSpec> | null = $derived.by(() => {
    const { spec } = this.check;
    this.#goodSpec = spec ?? this.#goodSpec;
    return this.#goodSpec && { value: this.#goodSpec, stale: spec === null };
  });

  /** The layers as far as they are known, where mending the text would not make more of them known, or nothing was known before. */
  readonly sketch: NetSketch | null = $derived.by(() => {
    const { spec, sketch } = this.check;
    return spec === null && sketch && (hasForeignLayers(sketch) || this.spec === null) ? sketch : null;
  });

  readonly description: Kept<NetworkDescription> | null = $derived.by(() => {
    if (this.sketch) return null;
    const { description } = this.check;
    this.#goodDescription = description ?? this.#goodDescription;
    return this.#goodDescription && { value: this.#goodDescription, stale: description === null };
  });

  readonly rows = $derived(
    this.sketch?.layers.map(unknownRow) ?? this.description?.value.layers.map(layerRow) ?? [],
  );

  readonly graph = $derived.by(() => {
    if (this.sketch) return { value: networkGraph(this.sketch), stale: false };
    if (!this.spec) return null;
    const { value: spec, stale } = this.spec;
    // A network that is read but does not fit together has no shapes.
    const description = stale ? this.description?.value : this.check.description;
    return { value: networkGraph(spec, description ? shapeTexts(spec, description) : undefined), stale };
  });

  readonly #lines = $derived.by(() => {
    const { places } = this.check;
    if (places.size) this.#goodLines = layerLines(this.#text, places);
    return this.#goodLines;
  });

  readonly errors = $derived(this.check.problems.filter(({ severity }) => severity === 'error').length);

  readonly byLayer = $derived(
    groupBy(
      this.check.problems.filter(({ layer }) => layer !== undefined),
      ({ layer }) => layer!,
    ),
  );

  readonly facts = $derived(factsOf(this.check));

  /** Whether there is a loss, without which nothing can be trained, in the view that is trained. */
  readonly trains = $derived.by(() => {
    const { spec } = this.view === 'train' ? this.check : surveyNetwork(this.#text, 'train');
    return spec?.layers.some(({ type }) => type === 'SoftmaxWithLoss') ?? false;
  });

  /** How many classes the network scores; null where it is not one number. */
  readonly classes = $derived.by(() => {
    try {
      return this.spec && classCount(this.spec.value);
    } catch {
      return null;
    }
  });

  /** The text that `check` is about. */
  get text(): string {
    return this.#text;
  }

  set text(text: string) {
    this.#text = text;
  }

  get datasetId(): string {
    return this.#datasetId;
  }

  /** A dataset brings its number of classes, and the size of its pictures. */
  set datasetId(id: string) {
    this.#datasetId = id;
    const size = library.dataset(id)?.tileSizes[0];
    this.size = size ? { width: size.width, height: size.height } : null;
  }

  /** Lights the layer that a line belongs to; between layers the last one stays lit. */
  selectLine(line: number): void {
    this.selected = layerAtLine(this.#lines, line) ?? this.selected;
  }

  /** The first line of a layer, as the text is now. */
  lineOf(layer: string): number | null {
    return this.#lines.find(({ name }) => name === layer)?.first ?? null;
  }
}
