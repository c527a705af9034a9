import { describe, expect, it } from 'vitest';
import { rankBackends, type BackendName, type BackendReport } from './backends';

const report = (name: BackendName, software = false, available = true): BackendReport => ({
  ...{ name, software, available, adapter: '', reason: '' },
});
const names = (...reports: BackendReport[]) =>
  rankBackends(reports).map(({ name, available }) => (available ? name : `no ${name}`));

describe('rankBackends', () => {
  it('takes a real GPU first, by WebGPU before WebGL', () => {
    const all = [report('cpu'), report('wasm'), report('webgl'), report('webgpu')];
    expect(names(...all)).toEqual(['webgpu', 'webgl', 'wasm', 'cpu']);
  });

  it('takes WASM before a software adapter, and that before plain JavaScript', () => {
    const all = [report('webgpu', true), report('webgl', true), report('wasm'), report('cpu')];
    expect(names(...all)).toEqual(['wasm', 'webgpu', 'cpu', 'webgl']);
  });

  it('takes WebGL on a real GPU before WASM where WebGPU is software or missing', () => {
    expect(names(report('webgpu', true), report('webgl'), report('wasm'), report('cpu'))[0]).toBe('webgl');
    const none = [report('webgpu', false, false), report('webgl'), report('wasm'), report('cpu')];
    expect(names(...none)).toEqual(['webgl', 'wasm', 'cpu', 'no webgpu']);
  });
});
