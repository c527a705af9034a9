// Which backend runs: WebGPU on a real adapter, WebGL on a real GPU, WASM, WebGPU on a software adapter, the plain CPU.
import * as tf from '@tensorflow/tfjs';
import { AppError } from '../core/errors';
import {
  rankBackends,
  totalBytes,
  type BackendChoice,
  type BackendName,
  type BackendReport,
} from './backends';
import { runningCounter } from './byte-counter';
import { anyDeviceFailed, openDevice } from './gpu-devices';
import { registerKernels } from './kernels/register';
import { machineFailed } from './kernels/wasm/running';
import { selectWebgpuKernels, type KernelChoice } from './kernels/webgpu/select';
import { registerWasmBackend, wasmThreads } from './wasm-backend';

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

async function probeWebgpu(): Promise<BackendReport> {
  const report = (available: boolean, software: boolean, adapter: string, reason: string): BackendReport => ({
    name: 'webgpu',
    available,
    software,
    adapter,
    reason,
  });
  if (!('gpu' in navigator)) return report(false, false, '', 'This browser has no WebGPU.');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    return report(false, false, '', 'This browser has WebGPU, but found no graphics adapter that it trusts.');
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info as GPUAdapterInfo & {
    isFallbackAdapter?: boolean;
  };
  const name = description || [vendor, architecture, device].filter(Boolean).join(' ') || 'unnamed adapter';
  const software =
    isFallbackAdapter === true || SOFTWARE.test([vendor, architecture, device, description].join(' '));
  const reason = software
    ? 'The adapter is a program on the processor; WebAssembly is faster there.'
    : 'The graphics processor does the work.';
  // The device is asked for with the adapter's own limits, see openDevice.
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return {
    ...report(true, software, name, reason),
    limits: { maxBufferBytes: maxBufferSize, maxBindingBytes: maxStorageBufferBindingSize },
  };
}

function probeWebgl(): BackendReport {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) {
    return {
      name: 'webgl',
      available: false,
      software: false,
      adapter: '',
      reason: 'This browser has no WebGL 2.',
    };
  }
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const adapter = String(gl.getParameter(info ? info.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
  const floats = gl.getExtension('EXT_color_buffer_float') !== null;
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  const software = SOFTWARE.test(adapter);
  const reason = !floats
    ? 'Its textures cannot hold 32-bit numbers, which training needs.'
    : software
      ? 'The renderer is a program on the processor; WebAssembly is faster there.'
      : 'The graphics processor does the work, by way of WebGL.';
  return { name: 'webgl', available: floats, software, adapter, reason };
}

/** As it would start now, or runs. */
function wasm(): BackendReport {
  const threads = wasmThreads();
  return {
    name: 'wasm',
    available: typeof WebAssembly === 'object',
    software: false,
    adapter: `WebAssembly SIMD, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
    reason:
      threads > 1
        ? `The processor does the work, with vector instructions, on ${threads} threads.`
        : 'The processor does the work, with vector instructions, on one thread.',
    threads,
    limits: { maxTotalBytes: totalBytes.wasm! },
  };
}

const cpu: BackendReport = {
  name: 'cpu',
  available: true,
  software: false,
  adapter: 'JavaScript',
  reason: 'Runs everywhere, but far slower than WebAssembly.',
};

let probed: Promise<BackendReport[]> | null = null;

/** Every backend as this machine offers it, in the order in which they are chosen here. */
export function probeBackends(): Promise<BackendReport[]> {
  // A browser may take its graphics adapters away from a page whose device was lost, and give them back.
  if (anyDeviceFailed()) probed = null;
  probed ??= (async () => {
    return rankBackends([await probeWebgpu(), probeWebgl(), wasm(), cpu]);
  })();
  return probed;
}

let prepared = false;

/** Our kernels, and our own graphics devices in the place of the stock ones: see openDevice. */
function prepare(): void {
  if (prepared) return;
  prepared = true;
  registerKernels();
  registerWasmBackend();
}

async function activate(name: BackendName): Promise<void> {
  prepare();
  if (name === 'webgpu' || name === 'webgl') await openDevice(name);
  if (name === 'wasm' && machineFailed()) registerWasmBackend();
  if (tf.getBackend() === name) return;
  if (!(await tf.setBackend(name))) {
    throw new AppError('no-backend', `The backend ${name} could not be started here. Choose another.`, {
      backend: name,
    });
  }
  await tf.ready();
  // From its first tensor on.
  runningCounter();
}

/**
 * Makes a backend the running one; 'auto' takes the best that starts.
 * @param kernels whose kernels run on webgpu from now on; tests and benchmarks compare them.
 * @throws AppError 'no-backend' where the one asked for is not to be had.
 */
export async function chooseBackend(
  name: BackendName | 'auto',
  kernels: KernelChoice = 'auto',
): Promise<BackendChoice> {
  const reports = await probeBackends();
  selectWebgpuKernels(kernels);
  if (name !== 'auto') {
    const report = reports.find((entry) => entry.name === name);
    if (!report?.available) {
      throw new AppError(
        'no-backend',
        `The backend ${name} cannot run here: ${report?.reason ?? 'it is unknown.'} Choose another.`,
        {
          backend: name,
        },
      );
    }
    await activate(name);
    return choiceOf(report, 'Chosen by hand.');
  }
  const passed: string[] = [];
  for (const report of reports) {
    if (!report.available) {
      passed.push(`no ${report.name} (${report.reason})`);
      continue;
    }
    try {
      await activate(report.name);
    } catch {
      passed.push(`${report.name} did not start`);
      continue;
    }
    const skipped = reports.filter((entry) => entry.available && entry.software).map((entry) => entry.name);
    const why = skipped.length ? ` ${skipped.join(' and ')} would run in software here.` : '';
    const failed = passed.filter((entry) => entry.includes('did not start'));
    const missed = failed.length ? ` (${failed.join(', ')}.)` : '';
    const choice = choiceOf(report, 'The fastest on this machine.');
    return { ...choice, reason: `${choice.reason}${why}${missed}` };
  }
  throw new AppError('no-backend', `Nothing can compute here: ${passed.join('; ')}. Use a current browser.`);
}

/** What is said of the backend that runs now: wasm may have started fewer threads than were to be expected. */
function choiceOf(report: BackendReport, why: string): BackendChoice {
  const { name, adapter, reason, threads } = report.name === 'wasm' ? wasm() : report;
  return { name, adapter, reason: `${why} ${reason}`, ...(threads !== undefined && { threads }) };
}
