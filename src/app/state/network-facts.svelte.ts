// Facts of many networks, calculated one after another so that the page stays free, and kept by their text.
import { SvelteMap } from 'svelte/reactivity';
import { networkFacts, type NetworkFacts } from './network-facts';

class NetworkFactsCache {
  readonly #known = new SvelteMap<string, NetworkFacts>();
  #wanted: string[] = [];
  #working = false;

  /** The facts of a text; undefined until they were calculated. */
  of(prototxt: string): NetworkFacts | undefined {
    return this.#known.get(prototxt);
  }

  /** Asks for the facts of these texts, and of no others any more. */
  want(prototxts: readonly string[]): void {
    this.#wanted = prototxts.filter((text) => !this.#known.has(text));
    if (!this.#working) this.#next();
  }

  #next(): void {
    const text = this.#wanted.shift();
    this.#working = text !== undefined;
    if (text === undefined) return;
    setTimeout(() => {
      this.#known.set(text, networkFacts(text));
      this.#next();
    });
  }
}

export const factsCache = new NetworkFactsCache();
