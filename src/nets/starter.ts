// What a new network begins with: a small complete one, with a comment for each thing in it.
import starter from './starter.prototxt?raw';

export const starterPrototxt: string = starter;
