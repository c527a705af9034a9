// The numbers of ../shared/reference for tests in the browser, through the commands of vite.config.ts.
import { commands } from 'vitest/browser';
import { readSafetensors, type Safetensors } from '../../formats/safetensors';

declare module 'vitest/browser' {
  interface BrowserCommands {
    readShared(path: string): Promise<string | null>;
    layerCases(seed: number): Promise<{ base64: string | null; note: string }>;
  }
}

const toBytes = (base64: string | null) =>
  base64 === null ? null : Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));

const readBytes = async (path: string) => toBytes(await commands.readShared(path));

/** A reference file, or null where there is none beside the project. */
export async function readReference(name: string): Promise<Safetensors | null> {
  const bytes = await readBytes(`reference/${name}.safetensors`);
  return bytes && readSafetensors(bytes, name);
}

/** A reference network's prototxt. */
export async function readReferenceText(name: string): Promise<string> {
  return new TextDecoder().decode((await readBytes(`reference/${name}.prototxt`)) ?? new Uint8Array());
}

/** Fresh cases, made by PyTorch for this seed; null where it is not installed, and then a note for the test's name that says so. */
export async function makeLayerCases(seed: number): Promise<{ file: Safetensors | null; note: string }> {
  const { base64, note } = await commands.layerCases(seed);
  const bytes = toBytes(base64);
  return { file: bytes && readSafetensors(bytes, 'layer cases'), note };
}
