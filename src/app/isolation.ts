// Cross-origin isolation: only with it may wasm compute on several threads. Where the host does not send the two headers for it, a service
// worker adds them (public/isolation-worker.js), which takes effect with the next load of the page.

/** The longest that a first visit waits for the service worker, in milliseconds. */
const PATIENCE = 1500;

/**
 * Resolves when the page may start, at once unless this is the first visit to a host without headers: then the page is loaded once more,
 * before anybody could have begun anything on it, and the promise stays open. What cannot be isolated starts as it is, on one thread.
 */
export async function isolation(): Promise<void> {
  // Absent outside of secure contexts, and where a person has switched them off.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (crossOriginIsolated || !isSecureContext || !workers) return;
  // The headers were added, and this browser makes nothing of them.
  if (workers.controller) return;
  if (!(await within(PATIENCE, activated(workers))) || !onceOnly()) return;
  location.reload();
  await new Promise(() => {});
}

/** Whether the service worker is there to take the next load. */
async function activated(workers: ServiceWorkerContainer): Promise<boolean> {
  try {
    const { installing, waiting, active } = await workers.register(
      new URL('isolation-worker.js', document.baseURI),
    );
    const worker = installing ?? waiting ?? active;
    if (!worker) return false;
    return await new Promise<boolean>((resolve) => {
      const look = () => {
        if (worker.state === 'activated') resolve(true);
        if (worker.state === 'redundant') resolve(false);
      };
      worker.addEventListener('statechange', look);
      look();
    });
  } catch {
    return false;
  }
}

/** True for the first call of this tab: a load that is not isolated after all must not be followed by another. */
function onceOnly(): boolean {
  try {
    if (sessionStorage.getItem('isolation')) return false;
    sessionStorage.setItem('isolation', 'tried');
    return true;
  } catch {
    return false;
  }
}

function within(milliseconds: number, answer: Promise<boolean>): Promise<boolean> {
  return Promise.race([
    answer,
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), milliseconds)),
  ]);
}
