import { decode } from 'fast-png';
import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { exportTiles } from './dataset-export';
import { blobSink } from './file-sink';
import { inflateLabels } from './label-codec';
import { storedTiles } from './testing/tiles';
import type { TileProgress } from './tile-meter';

test('a zip of folder pairs with class lists, read by other decoders', async () => {
  const { record, tiles, read } = storedTiles({ train: 3, val: 2 }, { width: 32, height: 24 });
  const said: TileProgress[] = [];
  const sink = blobSink('application/zip');
  const signal = new AbortController().signal;
  const dataset = { ...record, name: 'my/cells' };
  const summary = await exportTiles({ dataset, read, sink, signal, onProgress: (one) => said.push(one) });
  const file = await sink.close();
  expect(file!.size).toBe(summary.bytes);
  expect(said.at(-1)).toMatchObject({ done: 5, total: 5 });
  const files = unzipSync(new Uint8Array(await file!.arrayBuffer()));
  expect(Object.keys(files).filter((name) => !name.endsWith('.png'))).toEqual([
    'my-cells/labels.txt',
    'my-cells/colormap.txt',
    'my-cells/classes.json',
  ]);
  for (const { split, index, rgb, labels, width, height } of [...tiles.train, ...tiles.val]) {
    const at = (kind: string) => decode(files[`my-cells/${split}/${kind}/picture-${index}.png`]!);
    expect(new Uint8Array(at('images').data)).toEqual(rgb);
    const label = at('labels');
    // Ids are positions here, and void is 255 in both.
    expect(new Uint8Array(label.data)).toEqual(inflateLabels(labels, width * height));
    expect(label.palette?.[2]).toEqual([120, 10, 200]);
  }
});

test('a stop ends it', async () => {
  const { record, read } = storedTiles({ train: 3, val: 0 });
  const stop = new AbortController();
  const work = exportTiles({
    dataset: record,
    read,
    sink: blobSink('application/zip'),
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(work).rejects.toMatchObject({ code: 'aborted' });
});
