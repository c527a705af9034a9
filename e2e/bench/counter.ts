// Counts what kernels read, write and multiply on the backend 'webgpu': before each of their programs a counting one runs on the same buffers.
import * as tf from '@tensorflow/tfjs';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { finish, submit } from '../../src/engine/kernels/webgpu/dispatches';
import { BEGINS, COUNTED, COUNTS, countingProgram, TOUCHED, type CountingProgram } from './count-wgsl';

export interface Counts {
  /** Bytes that all threads ask for and write, each time anew. */
  read: number;
  written: number;
  multiplyAdds: number;
  /** Bytes of all places that are read at least once, and of those that are written. */
  placesRead: number;
  placesWritten: number;
  /** The same of what one program writes for a later one: partial sums, the places of maxima. */
  between: number;
}

interface Recorder {
  recordAndSubmit(program: { pipeline: GPUComputePipeline; dispatch: [number, number, number] }): void;
}

interface Compiled extends CountingProgram {
  pipeline: GPUComputePipeline;
  layouts: [GPUBindGroupLayout, GPUBindGroupLayout];
}

/** A buffer and its bits. */
interface Touched {
  /** The first word of its reads' bits and of its writes'. */
  reads: number;
  writes: number;
  /** Made by a program that did not read it, and then read. */
  isNew: boolean;
  isBetween: boolean;
}

/** Bits for the buffers of one kernel. */
const TOUCHED_BYTES = 1 << 25;

/** Sources of pipelines by what TensorFlow.js made of them. */
const sources = new WeakMap<GPUComputePipeline, string>();

export class Counter {
  readonly #backend: WebGPUBackend;
  readonly #compiled = new Map<string, Compiled>();
  readonly #counted: GPUBuffer;
  readonly #touched: GPUBuffer;
  readonly #buffers = new Map<GPUBuffer, Touched>();
  #words = 0;
  #names: ReadonlySet<string> | null = null;
  #kernel = '';
  #dispatch: readonly [number, number, number] | null = null;
  #pipeline: GPUComputePipeline | null = null;
  #dispatches = 0;

  /** Has to be there before the first of the programs is compiled. */
  constructor() {
    this.#backend = tf.backend() as WebGPUBackend;
    const { device } = this.#backend;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.#counted = device.createBuffer({ size: 4 * COUNTS, usage });
    this.#touched = device.createBuffer({ size: TOUCHED_BYTES, usage });
    this.#listen(device);
  }

  /** Counts the programs of these kernels until `end`. */
  begin(names: ReadonlySet<string>): void {
    const encoder = this.#backend.device.createCommandEncoder();
    encoder.clearBuffer(this.#counted);
    encoder.clearBuffer(this.#touched);
    this.#backend.device.queue.submit([encoder.finish()]);
    this.#buffers.clear();
    this.#words = 0;
    this.#dispatches = 0;
    this.#names = names;
  }

  /** @throws Error where nothing was counted. */
  async end(): Promise<Counts> {
    this.#names = null;
    await finish(this.#backend);
    if (!this.#dispatches) throw new Error('None of the kernels ran.');
    const [reads, writes, multiplyAdds] = await this.#readBack(this.#counted, COUNTS);
    const touched = await this.#readBack(this.#touched, Math.max(1, this.#words));
    const bits = (from: number, length: number) => {
      let sum = 0;
      for (let word = from; word < from + length; word++) sum += bitCount(touched[word]!);
      return sum;
    };
    let [placesRead, placesWritten, between] = [0, 0, 0];
    for (const { reads: from, writes: past, isBetween } of this.#buffers.values()) {
      const [ofReads, ofWrites] = [4 * bits(from, past - from), 4 * bits(past, past - from)];
      if (isBetween) between += ofReads + ofWrites;
      else [placesRead, placesWritten] = [placesRead + ofReads, placesWritten + ofWrites];
    }
    return {
      ...{ read: 4 * reads!, written: 4 * writes!, multiplyAdds: multiplyAdds! },
      ...{ placesRead, placesWritten, between },
    };
  }

  #listen(device: GPUDevice): void {
    const codes = new WeakMap<GPUShaderModule, string>();
    const createShaderModule = device.createShaderModule.bind(device);
    const createComputePipeline = device.createComputePipeline.bind(device);
    const createBindGroup = device.createBindGroup.bind(device);
    device.createShaderModule = (descriptor) => {
      const module = createShaderModule(descriptor);
      codes.set(module, descriptor.code);
      return module;
    };
    device.createComputePipeline = (descriptor) => {
      const pipeline = createComputePipeline(descriptor);
      sources.set(pipeline, codes.get(descriptor.compute.module)!);
      return pipeline;
    };
    device.createBindGroup = (descriptor) => {
      const [pipeline, dispatch] = [this.#pipeline, this.#dispatch];
      if (pipeline && dispatch) {
        this.#pipeline = null;
        this.#count(pipeline, dispatch, [...descriptor.entries]);
      }
      return createBindGroup(descriptor);
    };
    const backend = this.#backend as unknown as Recorder;
    const record = backend.recordAndSubmit.bind(backend);
    backend.recordAndSubmit = (program, ...rest: []) => {
      const isCounted = this.#names?.has(this.#kernel);
      this.#pipeline = isCounted ? program.pipeline : null;
      this.#dispatch = program.dispatch;
      record(program, ...rest);
    };
    const engine = tf.engine();
    const runKernel = engine.runKernel.bind(engine);
    engine.runKernel = (name: string, ...rest: [tf.NamedTensorMap]) => {
      const before = this.#kernel;
      this.#kernel = name;
      try {
        return runKernel(name, ...rest);
      } finally {
        this.#kernel = before;
      }
    };
  }

  #count(original: GPUComputePipeline, dispatch: readonly number[], entries: GPUBindGroupEntry[]): void {
    const { device } = this.#backend;
    const code = sources.get(original);
    if (code === undefined) throw new Error('A program was compiled before the counter came.');
    const { pipeline, layouts, storage, code: counting } = this.#compile(code);
    const begins = new Uint32Array(2 * entries.length);
    for (const { binding, name, isWritten } of storage) {
      const { buffer } = entries.find((entry) => entry.binding === binding)!.resource as GPUBufferBinding;
      const touched = this.#touchedOf(buffer, isWritten && !counting.includes(`read_${name}(i32(`));
      touched.isBetween ||= touched.isNew && !isWritten;
      begins.set([touched.reads, touched.writes], 2 * binding);
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const beginsBuffer = device.createBuffer({ size: begins.byteLength, usage });
    device.queue.writeBuffer(beginsBuffer, 0, begins);
    const own = [
      { binding: COUNTED, resource: { buffer: this.#counted } },
      { binding: TOUCHED, resource: { buffer: this.#touched } },
      { binding: BEGINS, resource: { buffer: beginsBuffer } },
    ];
    // What the program reads has to be there.
    submit(this.#backend);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({ layout: layouts[0], entries }));
    pass.setBindGroup(1, device.createBindGroup({ layout: layouts[1], entries: own }));
    pass.dispatchWorkgroups(dispatch[0]!, dispatch[1], dispatch[2]);
    pass.end();
    device.queue.submit([encoder.finish()]);
    this.#dispatches++;
  }

  #touchedOf(buffer: GPUBuffer, isNew: boolean): Touched {
    const known = this.#buffers.get(buffer);
    if (known) return known;
    const words = Math.ceil(buffer.size / 4 / 32);
    const touched = { reads: this.#words, writes: this.#words + words, isNew, isBetween: false };
    this.#words += 2 * words;
    if (4 * this.#words > TOUCHED_BYTES) throw new Error('The kernel’s buffers are too large to be counted.');
    this.#buffers.set(buffer, touched);
    return touched;
  }

  #compile(code: string): Compiled {
    const known = this.#compiled.get(code);
    if (known) return known;
    const { device } = this.#backend;
    const program = countingProgram(code);
    const layoutOf = (types: [binding: number, type: GPUBufferBindingType][]) =>
      device.createBindGroupLayout({
        entries: types.map(([binding, type]) => ({
          binding,
          visibility: GPUShaderStage.COMPUTE,
          buffer: { type },
        })),
      });
    const layouts: Compiled['layouts'] = [
      layoutOf([
        ...program.storage.map(({ binding, isWritten }): [number, GPUBufferBindingType] => [
          binding,
          isWritten ? 'storage' : 'read-only-storage',
        ]),
        ...(program.uniforms === null ? [] : [[program.uniforms, 'uniform'] as [number, 'uniform']]),
      ]),
      layoutOf([
        [COUNTED, 'storage'],
        [TOUCHED, 'storage'],
        [BEGINS, 'read-only-storage'],
      ]),
    ];
    const pipeline = device.createComputePipeline({
      layout: device.createPipelineLayout({ bindGroupLayouts: layouts }),
      compute: { module: device.createShaderModule({ code: program.code }), entryPoint: '_start' },
    });
    const compiled = { ...program, pipeline, layouts };
    this.#compiled.set(code, compiled);
    return compiled;
  }

  async #readBack(buffer: GPUBuffer, words: number): Promise<Uint32Array> {
    const { device } = this.#backend;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    const copy = device.createBuffer({ size: 4 * words, usage });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, copy, 0, 4 * words);
    device.queue.submit([encoder.finish()]);
    await copy.mapAsync(GPUMapMode.READ);
    const values = new Uint32Array(copy.getMappedRange().slice(0));
    copy.destroy();
    return values;
  }
}

function bitCount(word: number): number {
  let count = word - ((word >>> 1) & 0x55555555);
  count = (count & 0x33333333) + ((count >>> 2) & 0x33333333);
  return Math.imul((count + (count >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
