import { href, parseRoute, type Route } from './routes';

class Router {
  #route = $state.raw<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => (this.#route = parseRoute(location.hash)));
  }

  get route(): Route {
    return this.#route;
  }

  /** Goes to a page, as a link to it would. */
  go(route: Exclude<Route, { page: 'lost' }>): void {
    location.hash = href(route);
  }
}

export const router = new Router();
