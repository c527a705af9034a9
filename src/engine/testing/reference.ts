// The numbers of ../shared/reference for tests in the browser, through the commands of vite.config.ts.
import { commands } from 'vitest/browser';
import { readSafetensors, type Safetensors } from '../../formats/safetensors';

declare module 'vitest/browser' {
  interface BrowserCommands {
    readShared(path: string): Promise<string | null>;
  }
}

async function readBytes(path: string): Promise<Uint8Array | null> {
  const base64 = await commands.readShared(path);
  return base64 === null ? null : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

/** A reference file, or null where there is none beside the project. */
export async function readReference(name: string): Promise<Safetensors | null> {
  const bytes = await readBytes(`reference/${name}.safetensors`);
  return bytes && readSafetensors(bytes, name);
}

/** A reference network's prototxt. */
export async function readReferenceText(name: string): Promise<string> {
  return new TextDecoder().decode((await readBytes(`reference/${name}.prototxt`)) ?? new Uint8Array());
}
