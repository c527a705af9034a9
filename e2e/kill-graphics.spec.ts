// A graphics device that is lost again and again: the run ends with the very bits of one that nobody disturbed.
import { disturb, expectSame, prepare } from './fixtures/kill';
import { test } from './fixtures/page-test';

// A machine that is busy takes its time over a graphics adapter that is a program.
test.setTimeout(1_200_000);

test('a graphics device that is destroyed', async ({ page, folder }) => {
  const before = await prepare(page, folder, 'webgpu');
  const trainer = page.workers().find((worker) => worker.url().includes('trainer'))!;
  await trainer.evaluate(() => {
    type Encode = (this: GPUDevice, ...args: unknown[]) => GPUCommandEncoder;
    const prototype = GPUDevice.prototype as unknown as { createCommandEncoder: Encode };
    const encode = prototype.createCommandEncoder;
    prototype.createCommandEncoder = function (...args) {
      Object.assign(globalThis, { device: this });
      return encode.apply(this, args);
    };
  });
  await disturb(page, 'webgpu', 7, () =>
    trainer.evaluate(() => (globalThis as unknown as { device: GPUDevice }).device.destroy()),
  );
  await expectSame(page, before);
});
