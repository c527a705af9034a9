// The page's addresses: hash routes, so that any static host and any sub-path serves them.
import type { Split } from '../../data/types';

export type Route =
  | { page: 'home' }
  | { page: 'datasets' }
  | { page: 'import' }
  | { page: 'city' }
  | { page: 'dataset'; id: string }
  | { page: 'photos' }
  | { page: 'annotate'; id: string; split: Split; index: number }
  | { page: 'networks' }
  | { page: 'network'; id: string }
  | { page: 'surgery'; id: string }
  | { page: 'train' }
  | { page: 'new-run'; dataset: string | null; network: string | null; like?: string; start?: string }
  | { page: 'run'; id: string }
  | { page: 'test'; model: string | null }
  | { page: 'lost'; path: string };

/** The route of a location hash such as "#/train/run-1". */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [room = '', rest = '', ...more] = path.split('/').map(decode);
  if (room === 'networks' && rest !== '' && more.join() === 'convolutional')
    return { page: 'surgery', id: rest };
  if (room === 'datasets' && rest !== '' && more[0] === 'annotate') return annotateRoute(path, rest, more);
  if (more.length === 0) {
    if (room === '') return { page: 'home' };
    if (room === 'datasets') {
      if (rest === '') return { page: 'datasets' };
      if (rest === 'city') return { page: 'city' };
      if (rest === 'photos') return { page: 'photos' };
      return rest === 'new' ? { page: 'import' } : { page: 'dataset', id: rest };
    }
    if (room === 'networks') return rest === '' ? { page: 'networks' } : { page: 'network', id: rest };
    if (room === 'train') {
      if (rest === '') return { page: 'train' };
      if (rest === 'new') {
        const chosen = new URLSearchParams(query);
        const [like, start] = [chosen.get('like'), chosen.get('start')];
        const given = { dataset: chosen.get('dataset'), network: chosen.get('network') };
        return { page: 'new-run', ...given, ...(like ? { like } : {}), ...(start ? { start } : {}) };
      }
      return { page: 'run', id: rest };
    }
    if (room === 'test') return { page: 'test', model: rest || null };
  }
  return { page: 'lost', path };
}

/** datasets/<id>/annotate/<split>/<index>, the index from 0; without the last two the first training picture. */
function annotateRoute(
  path: string,
  id: string,
  [, split = 'train', number = '0', ...more]: string[],
): Route {
  const index = Number(number);
  const isPlace = (split === 'train' || split === 'val') && /^\d+$/.test(number) && more.length === 0;
  return isPlace ? { page: 'annotate', id, split, index } : { page: 'lost', path };
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
    case 'city':
      return '#/datasets/city';
    case 'dataset':
      return `#/datasets/${encodeURIComponent(route.id)}`;
    case 'photos':
      return '#/datasets/photos';
    case 'annotate':
      return `#/datasets/${encodeURIComponent(route.id)}/annotate/${route.split}/${route.index}`;
    case 'networks':
      return '#/networks';
    case 'network':
      return `#/networks/${encodeURIComponent(route.id)}`;
    case 'surgery':
      return `#/networks/${encodeURIComponent(route.id)}/convolutional`;
    case 'train':
      return '#/train';
    case 'new-run':
      return '#/train/new' + chosenIn(route);
    case 'run':
      return `#/train/${encodeURIComponent(route.id)}`;
    case 'test':
      return route.model ? `#/test/${encodeURIComponent(route.model)}` : '#/test';
  }
}

function chosenIn({ dataset, network, like, start }: Extract<Route, { page: 'new-run' }>): string {
  const chosen = Object.entries({ dataset, network, like, start })
    .filter(([, id]) => id)
    .map(([name, id]) => `${name}=${encodeURIComponent(id!)}`);
  return chosen.length ? '?' + chosen.join('&') : '';
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
