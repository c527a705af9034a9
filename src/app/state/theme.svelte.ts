export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'intarsia-theme';
const choices: readonly ThemeChoice[] = ['system', 'light', 'dark'];

function remembered(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return choices.find((choice) => choice === stored) ?? 'system';
  } catch {
    return 'system';
  }
}

class Theme {
  #choice = $state<ThemeChoice>(remembered());
  /** Counts changes of what is shown, for canvases that must be drawn anew. */
  #version = $state(0);

  constructor() {
    this.#apply();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#version++);
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  get version(): number {
    return this.#version;
  }

  /** The next of system, light, dark; remembered where the browser lets us. */
  toggle(): void {
    this.#choice = choices[(choices.indexOf(this.#choice) + 1) % choices.length] ?? 'system';
    this.#apply();
    this.#version++;
    try {
      localStorage.setItem(KEY, this.#choice);
    } catch {
      // Storage may be forbidden; the choice then lasts as long as the page.
    }
  }

  #apply(): void {
    if (this.#choice === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = this.#choice;
  }
}

export const theme = new Theme();
