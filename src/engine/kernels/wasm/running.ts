// The machine of the wasm backend that runs.
import type { Machine } from './machine';

let running: Machine | null = null;

/** Takes the place of the machine before, whose threads end. */
export function setMachine(machine: Machine | null): void {
  running?.stop();
  running = machine;
}

/** @throws Error before the backend has started. */
export function machineOf(): Machine {
  if (!running) throw new Error('The wasm backend has not started its kernels.');
  return running;
}

/** Whether the backend has to start anew before it can compute. */
export const machineFailed = (): boolean => running?.failed === true;
