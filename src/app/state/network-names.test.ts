import { expect, test } from 'vitest';
import { freeName, nameInText } from './network-names';

test('a network has the name that its text gives it, and not that of its first layer', () => {
  expect(nameInText('# FCN\nname: "FCN-8s"\nlayer { name: "data" }')).toBe('FCN-8s');
  expect(nameInText("name : 'quoted'\n")).toBe('quoted');
  expect(nameInText('layer {\n  name: "data"\n}')).toBeNull();
  expect(nameInText('layers {\n  name: "data"\n}\nname: "late"')).toBeNull();
});

test('a name that is taken gets the next number', () => {
  expect(freeName('net', ['other'])).toBe('net');
  expect(freeName('net', ['net'])).toBe('net 2');
  expect(freeName('net', ['net', 'net 2', 'net 3'])).toBe('net 4');
  expect(freeName('net 2', ['net 2'])).toBe('net 3');
});
