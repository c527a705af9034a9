// Keeps the screen on while a person wants it and something runs. The browser lets go whenever the page is hidden.

class ScreenLock {
  /** Whether this browser can; some cannot, and none does on a page that is not secure. */
  readonly possible = typeof navigator !== 'undefined' && 'wakeLock' in navigator;
  #wanted = $state(false);
  #lock: WakeLockSentinel | null = null;

  constructor() {
    if (!this.possible) return;
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && this.#wanted) this.keep().catch(() => undefined);
    });
  }

  get wanted(): boolean {
    return this.#wanted;
  }

  /** Rejects with the browser's reason, such as a battery that is low. */
  async keep(): Promise<void> {
    this.#wanted = true;
    try {
      if (!this.#lock || this.#lock.released) this.#lock = await navigator.wakeLock.request('screen');
    } catch (error) {
      this.#wanted = false;
      throw error;
    }
    // Taken back while the browser was asked.
    if (!this.#wanted) await this.letGo();
  }

  async letGo(): Promise<void> {
    this.#wanted = false;
    await this.#lock?.release();
    this.#lock = null;
  }
}

export const screenLock = new ScreenLock();
