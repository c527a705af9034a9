// Where a file goes that is too large for memory: to a place that a person chose, or into a Blob, which the browser keeps.

export interface FileSink {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Ends the file. Returns it where it is a Blob, and null where it lies on the disk. */
  close(): Promise<Blob | null>;
  /** Ends without a file. */
  discard(): Promise<void>;
}

const blockBytes = 4 * 1024 * 1024;

/** Gathers bytes to blocks of a few megabytes. */
class Blocks {
  private parts: Uint8Array<ArrayBuffer>[] = [];
  private bytes = 0;

  /** Adds bytes; returns a block when there is one. */
  add(bytes: Uint8Array<ArrayBuffer>): Blob | null {
    this.parts.push(bytes);
    this.bytes += bytes.length;
    return this.bytes >= blockBytes ? this.rest() : null;
  }

  rest(): Blob {
    const block = new Blob(this.parts);
    this.parts = [];
    this.bytes = 0;
    return block;
  }
}

/** A file in a Blob of blocks: browsers keep large ones on the disk. */
export function blobSink(type: string): FileSink {
  const blocks = new Blocks();
  let done: Blob[] = [];
  return {
    write(bytes) {
      const block = blocks.add(bytes);
      if (block) done.push(block);
      return Promise.resolve();
    },
    close: () => Promise.resolve(new Blob([...done, blocks.rest()], { type })),
    discard() {
      blocks.rest();
      done = [];
      return Promise.resolve();
    },
  };
}

/** A file that a person chose. Until it is closed the old content stays. */
export async function handleSink(handle: FileSystemFileHandle): Promise<FileSink> {
  const blocks = new Blocks();
  const stream = await handle.createWritable();
  return {
    async write(bytes) {
      const block = blocks.add(bytes);
      if (block) await stream.write(block);
    },
    async close() {
      await stream.write(blocks.rest());
      await stream.close();
      return null;
    },
    discard: () => stream.abort(),
  };
}
