import { expect, test } from 'vitest';
import { droppedFiles, openedFiles } from './dropped-files';

type Entry = Pick<FileSystemEntry, 'name' | 'isFile' | 'isDirectory'>;

const readable = (name: string): Entry => ({
  ...{ name, isFile: true, isDirectory: false },
  ...{ file: (done: (file: File) => void) => done(new File(['x'], name)) },
});
const unreadable = (name: string): Entry => ({
  ...{ name, isFile: true, isDirectory: false },
  ...{ file: (_done: unknown, fail: (error: Error) => void) => fail(new DOMException('no permission')) },
});

/** A folder that gives its entries one by one, and fails after them where it is `broken`. */
function folder(name: string, entries: Entry[], broken = false): Entry {
  const createReader = () => {
    const left = [...entries];
    return {
      readEntries(done: (some: Entry[]) => void, fail: (error: Error) => void) {
        if (left.length === 0 && broken) fail(new DOMException('it is gone'));
        else done(left.splice(0, 1));
      },
    };
  };
  return { ...{ name, isFile: false, isDirectory: true }, ...{ createReader } };
}

function drop(...entries: Entry[]): Pick<DataTransfer, 'items'> {
  const items = entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry }));
  return { items: items as unknown as DataTransferItemList };
}

test('what cannot be read is listed with its reason, and everything else is there', async () => {
  const dropped = await droppedFiles(
    drop(
      folder('images', [readable('a.png'), unreadable('b.png'), readable('.hidden'), readable('c.png')]),
      folder('labels', [folder('inner', [readable('a.png')]), readable('c.png')], true),
      unreadable('loose.png'),
    ),
  );
  expect(dropped.files).toHaveLength(6);
  expect(dropped.rejected.map(({ file }) => file)).toEqual(['labels']);
  const { files, rejected } = await openedFiles(dropped);
  expect(files.map(({ path }) => path)).toEqual([
    'images/a.png',
    'images/c.png',
    'labels/inner/a.png',
    'labels/c.png',
  ]);
  expect(rejected.map(({ file }) => file)).toEqual(['labels', 'images/b.png', 'loose.png']);
  expect(rejected[0]!.reason).toContain('list all of this folder');
  expect(rejected[1]!.reason).toContain('no permission');
});
