// Which layers of an all-in-one network are meant: Caffe's phases, levels and stages (net.cpp, StateMeetsRule), with DIGITS' stages.
import type { Fields } from './fields';

/** DIGITS' three uses of one network: training, validation, and deployment, where no labels are. */
export type NetView = 'train' | 'val' | 'deploy';

interface NetState {
  phase: 'TRAIN' | 'TEST';
  level: number;
  stages: readonly string[];
}

const states: Record<NetView, NetState> = {
  train: { phase: 'TRAIN', level: 0, stages: ['train'] },
  val: { phase: 'TEST', level: 0, stages: ['val'] },
  deploy: { phase: 'TEST', level: 0, stages: ['deploy'] },
};

function meets(state: NetState, rule: Fields): boolean {
  if (rule.has('phase') && rule.word('phase', ['TRAIN', 'TEST'], ['TRAIN', 'TEST'], 'TEST') !== state.phase)
    return false;
  if (state.level < rule.number('min_level', -Infinity)) return false;
  if (state.level > rule.number('max_level', Infinity)) return false;
  if (!rule.strings('stage').every((stage) => state.stages.includes(stage))) return false;
  return !rule.strings('not_stage').some((stage) => state.stages.includes(stage));
}

/** Whether a layer belongs to a view: without rules always, with `include` where one of them holds, with `exclude` where none does. */
export function isIncluded(layer: Fields, view: NetView): boolean {
  const include = layer.messages('include');
  const exclude = layer.messages('exclude');
  if (include.length && exclude.length) layer.fail('a layer has either include or exclude rules, not both.');
  const holds = (rule: Fields) => meets(states[view], rule);
  return include.length ? include.some(holds) : !exclude.some(holds);
}
