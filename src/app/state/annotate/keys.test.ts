import { expect, test } from 'vitest';
import { ClassDigits, commandOf, toolKeys, tools } from './keys';

const press = (key: string, held: Partial<Parameters<typeof commandOf>[0]> = {}) =>
  commandOf({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...held });

test('each tool has a key of its own', () => {
  expect(tools.map((tool) => press(toolKeys[tool].toLowerCase()))).toEqual(
    tools.map((tool) => ({ kind: 'tool', tool })),
  );
  expect(new Set(Object.values(toolKeys)).size).toBe(tools.length);
});

test('undo and redo are those of every editor, and other combinations are left to the browser', () => {
  expect(press('z', { ctrlKey: true })).toEqual({ kind: 'undo' });
  expect(press('z', { metaKey: true })).toEqual({ kind: 'undo' });
  expect(press('Z', { ctrlKey: true, shiftKey: true })).toEqual({ kind: 'redo' });
  expect(press('y', { ctrlKey: true })).toEqual({ kind: 'redo' });
  expect(press('l', { ctrlKey: true })).toBeNull();
  expect(press('b', { altKey: true })).toBeNull();
  expect(press('z')).toBeNull();
});

test('a digit chooses a class at once, and with the next one a class beyond the ninth', () => {
  const digits = new ClassDigits();
  expect(digits.press(1, 12, 0)).toBe(0);
  expect(digits.press(2, 12, 300)).toBe(11);
  expect(digits.press(3, 12, 5000)).toBe(2);
  expect(digits.press(3, 12, 5300)).toBe(2);
  expect(digits.press(1, 12, 9000)).toBe(0);
  expect(digits.press(0, 12, 9300)).toBe(9);
});

test('a 0 on its own fits the picture, and a class that is not there is none', () => {
  const digits = new ClassDigits();
  expect(digits.press(0, 4, 0)).toBe('fit');
  expect(digits.press(7, 4, 100)).toBeNull();
  expect(digits.press(2, 4, 200)).toBe(1);
  expect(digits.press(0, 4, 300)).toBe('fit');
});
