import { href, parseRoute, type Route } from './routes';

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash));

  /** Counts the pages that were gone to. */
  #visit = $state(0);
  #renamedTo: string | null = null;

  constructor() {
    addEventListener('hashchange', () => {
      this.#route = parseRoute(location.hash);
      if (location.hash !== this.#renamedTo) this.#visit++;
      this.#renamedTo = null;
    });
  }

  /** Another number, another page, to be made anew; the same number, the same page under another address. */
  get visit(): number {
    return this.#visit;
  }

  get route(): Route {
    return this.#route;
  }

  /** Goes to a page, as a link to it would. */
  go(route: Exclude<Route, { page: 'lost' }>): void {
    location.hash = href(route);
  }

  /** Gives the page that is open another address: what it shows has got another id. */
  rename(route: Exclude<Route, { page: 'lost' }>): void {
    this.#renamedTo = href(route);
    location.replace(this.#renamedTo);
  }
}

export const router = new Router();
