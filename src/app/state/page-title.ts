import { percent } from './format';
import type { ImportJob, LiveRun } from './jobs.svelte';
import type { Route } from './routes';

const titles: Record<Route['page'], string> = {
  home: 'Home',
  datasets: 'Datasets',
  import: 'New dataset',
  city: 'Synthetic city',
  dataset: 'Dataset',
  photos: 'Photos',
  annotate: 'Annotate',
  networks: 'Networks',
  network: 'Network',
  surgery: 'Fully convolutional',
  train: 'Train',
  'new-run': 'New run',
  run: 'Run',
  test: 'Test',
  lost: 'No such page',
};

/** The tab's title: the progress of what runs comes first, because that is what a hidden tab is looked at for. */
export function pageTitle(
  route: Route,
  run: Pick<LiveRun, 'share' | 'status' | 'name'> | null,
  importing: ImportJob | null,
): string {
  const page = `${titles[route.page]} · Intarsia`;
  if (run) return `${percent(run.share, 0)} ${run.status === 'paused' ? 'paused ' : ''}${run.name} · ${page}`;
  if (importing) {
    const { done = 0, total = 0 } = importing.progress ?? {};
    return `${percent(total ? done / total : 0, 0)} ${importing.name} · ${page}`;
  }
  return page;
}
