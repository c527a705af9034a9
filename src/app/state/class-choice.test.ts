import { expect, test } from 'vitest';
import { allClasses, withVoid } from './class-choice';

const item = (id: number) => ({ id, name: `c${id}`, colour: [id, id, id] as const });
const list = { classes: [item(0), item(2)], voidClass: item(1) };

test('another class can be void, and none', () => {
  expect(withVoid(list, 0)).toEqual({ classes: [item(1), item(2)], voidClass: item(0) });
  expect(withVoid(list, null)).toEqual({ classes: [item(0), item(1), item(2)], voidClass: null });
  expect(withVoid(withVoid(list, null), 1)).toEqual(list);
  expect(allClasses(list).map(({ id }) => id)).toEqual([0, 1, 2]);
});
