import { expect, test } from 'vitest';
import { href, parseRoute, type Route } from './routes';

const routes: Exclude<Route, { page: 'lost' }>[] = [
  { page: 'home' },
  { page: 'datasets' },
  { page: 'import' },
  { page: 'city' },
  { page: 'dataset', id: 'a/b c?d' },
  { page: 'photos' },
  { page: 'annotate', id: 'a/b', split: 'val', index: 12 },
  { page: 'networks' },
  { page: 'network', id: 'fcn-8s' },
  { page: 'surgery', id: 'a/b' },
  { page: 'train' },
  { page: 'new-run', dataset: null, network: null },
  { page: 'new-run', dataset: 'x&y', network: null },
  { page: 'new-run', dataset: null, network: 'a=b' },
  { page: 'new-run', dataset: 'x&y', network: 'fcn-8s' },
  { page: 'new-run', dataset: null, network: null, like: 'run/1' },
  { page: 'run', id: 'run-1' },
  { page: 'test', model: null },
  { page: 'test', model: 'm%1' },
];

test.each(routes)('a link to $page leads back to it', (route) => {
  expect(parseRoute(href(route))).toEqual(route);
});

test('a dataset is annotated from its first picture on, and only where there may be one', () => {
  const first = { page: 'annotate', id: 'x', split: 'train', index: 0 };
  expect(parseRoute('#/datasets/x/annotate')).toEqual(first);
  expect(parseRoute('#/datasets/x/annotate/test/0')).toMatchObject({ page: 'lost' });
  expect(parseRoute('#/datasets/x/annotate/train/-1')).toMatchObject({ page: 'lost' });
});

test('an empty hash is home, an unknown one is lost', () => {
  expect(parseRoute('')).toEqual({ page: 'home' });
  expect(parseRoute('#/')).toEqual({ page: 'home' });
  expect(parseRoute('#/learn')).toEqual({ page: 'lost', path: 'learn' });
  expect(parseRoute('#/train/a/b')).toEqual({ page: 'lost', path: 'train/a/b' });
  expect(parseRoute('#/datasets/%E0%A4%A')).toEqual({ page: 'dataset', id: '%E0%A4%A' });
});
