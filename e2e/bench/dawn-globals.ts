// WebGPU in Node.js, by Dawn. To be imported before all else: libraries look for a graphics processor as they load.
import { create, globals } from 'webgpu';

// Dawn aborts when what create() returned is collected; the navigator keeps it.
const gpu = create([]);
Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', { value: { gpu, userAgent: 'Node.js' }, configurable: true });
// There is no WebGL here, and the engine asks for it.
Object.assign(globalThis, {
  OffscreenCanvas: class {
    getContext() {
      return null;
    }
  },
});
