// A text may hold several networks, one a view; surgery has to be right in each.
import type { NetView } from '../net-state';
import { readNetwork, surveyNetwork } from '../read-network';
import type { NetSpec } from '../spec';

const views: readonly NetView[] = ['train', 'val', 'deploy'];

/**
 * The views in which the text is a network; the first is the one that is trained, where there is one.
 * @throws AppError 'bad-network' where there is none: what is wrong with the view that trains.
 */
export function readViews(prototxt: string): { view: NetView; spec: NetSpec }[] {
  const read = views.flatMap((view) => {
    const { spec } = surveyNetwork(prototxt, view);
    return spec ? [{ view, spec }] : [];
  });
  return read.length ? read : [{ view: 'train', spec: readNetwork(prototxt) }];
}
