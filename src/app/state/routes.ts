// The page's addresses: hash routes, so that any static host and any sub-path serves them.

export type Route =
  | { page: 'home' }
  | { page: 'datasets' }
  | { page: 'import' }
  | { page: 'dataset'; id: string }
  | { page: 'train' }
  | { page: 'new-run'; dataset: string | null }
  | { page: 'run'; id: string }
  | { page: 'test'; model: string | null }
  | { page: 'lost'; path: string };

/** The route of a location hash such as "#/train/run-1". */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [room = '', rest = '', ...more] = path.split('/').map(decode);
  if (more.length === 0) {
    if (room === '') return { page: 'home' };
    if (room === 'datasets') {
      if (rest === '') return { page: 'datasets' };
      return rest === 'new' ? { page: 'import' } : { page: 'dataset', id: rest };
    }
    if (room === 'train') {
      if (rest === '') return { page: 'train' };
      if (rest === 'new') return { page: 'new-run', dataset: new URLSearchParams(query).get('dataset') };
      return { page: 'run', id: rest };
    }
    if (room === 'test') return { page: 'test', model: rest || null };
  }
  return { page: 'lost', path };
}

/** The hash of a route, for links. */
export function href(route: Exclude<Route, { page: 'lost' }>): string {
  switch (route.page) {
    case 'home':
      return '#/';
    case 'datasets':
      return '#/datasets';
    case 'import':
      return '#/datasets/new';
    case 'dataset':
      return `#/datasets/${encodeURIComponent(route.id)}`;
    case 'train':
      return '#/train';
    case 'new-run':
      return route.dataset ? `#/train/new?dataset=${encodeURIComponent(route.dataset)}` : '#/train/new';
    case 'run':
      return `#/train/${encodeURIComponent(route.id)}`;
    case 'test':
      return route.model ? `#/test/${encodeURIComponent(route.model)}` : '#/test';
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
