import { describe, expect, it } from 'vitest';
import { checkNetwork } from '../../nets/check-network';
import { describeNetwork } from '../../nets/describe';
import { readNetwork } from '../../nets/read-network';
import { dataShape } from '../../nets/place-layers';
import { zooPrototxt } from '../../nets/zoo';
import { Surgery } from './surgery.svelte';

function surgery(id: string, name = id): Surgery {
  const made = new Surgery(name, zooPrototxt(id));
  made.deepen();
  made.deepen();
  return made;
}

describe('Surgery', { timeout: 60_000 }, () => {
  it('leads from CaffeNet to FCN-AlexNet with its offset 18, and to the skips', () => {
    const made = surgery('caffenet', 'CaffeNet');
    expect(made.start.value).toBe('classifier');
    expect(made.turned?.value?.layers.map(({ layer }) => layer)).toEqual(['fc6', 'fc7', 'fc8']);
    expect(made.head?.value?.head).toEqual({ stride: 32, kernel: 63, offset: 18 });
    expect(made.suggestedName).toBe('FCN-CaffeNet');
    const spec = readNetwork(made.result!);
    expect(spec.name).toBe('FCN-CaffeNet');
    expect(describeNetwork(spec, dataShape(spec, null)).offset).toBe(18);

    for (const layer of ['pool2', 'pool1', 'conv1']) made.toggleSkip(layer);
    expect(made.skips).toEqual(['pool2', 'pool1']);
    expect(made.skipped?.value?.final).toEqual({ stride: 8, kernel: 15, offset: 18 });
    expect(made.suggestedName).toBe('FCN-CaffeNet-8s');
    expect(checkNetwork(made.result!, { size: null, classes: 12 }).problems).toEqual([]);

    made.toggleSkip('pool2');
    expect(made.skips).toEqual(['pool1']);
    made.withHead = false;
    expect([made.head, made.candidates, made.skipped]).toEqual([null, null, null]);
    expect(made.result).toContain('kernel_size: 6');
  });

  it('calculates the later steps when it is told to', () => {
    const made = new Surgery('CaffeNet', zooPrototxt('caffenet'));
    expect([made.turned?.value !== null, made.head, made.candidates, made.result]).toEqual([
      true,
      null,
      null,
      null,
    ]);
    made.deepen();
    expect([made.head?.value?.head.offset, made.candidates]).toEqual([18, null]);
  });

  it('goes straight to the skips of a network that labels pixels', () => {
    const made = surgery('fcn-32s', 'FCN-32s');
    expect([made.start.value, made.turned, made.head, made.result]).toEqual(['dense', null, null, null]);
    made.toggleSkip('pool4');
    made.toggleSkip('pool3');
    expect(made.suggestedName).toBe('FCN-8s');
    expect(made.skipped?.value?.skips.map(({ offset }) => offset)).toEqual([5, 9]);
  });

  it('says in words and with a line what cannot be turned', () => {
    const bad = zooPrototxt('caffenet').replace('num_output: 4096', 'num_output: 4096\n    axis: 2');
    const { error } = new Surgery('bad', bad).turned!;
    expect(error).toMatchObject({ message: expect.stringContaining('"fc6"') as string, line: 163 });
    const broken = surgery('caffenet');
    broken.text = 'layer {';
    expect(broken.start.error?.message).toMatch(/^Line 1/);
    expect([broken.turned, broken.head, broken.result]).toEqual([null, null, null]);
    broken.text = zooPrototxt('caffenet');
    broken.classes = 1;
    expect(broken.head?.error?.message).toContain('2 to 255 classes');
  });

  it('forgets a skip that no longer fits, and gives a convolutional classifier its head', () => {
    const made = surgery('caffenet', 'net');
    made.withHead = false;
    const again = new Surgery('fully', made.result!);
    again.deepen();
    again.deepen();
    expect([again.start.value, again.turned]).toEqual(['convolutional', null]);
    expect(again.head?.value?.head.offset).toBe(18);
    again.toggleSkip('pool1');
    again.text = zooPrototxt('fcn-32s').replaceAll('"pool1"', '"pool_one"');
    expect(again.skips).toEqual([]);
  });
});
