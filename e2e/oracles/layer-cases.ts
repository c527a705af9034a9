// Layers as PyTorch computes them, for the engine's tests: numbers drawn anew for each seed, by make_layer_cases.py.
import { access, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from './python.ts';

export interface LayerCases {
  /** A safetensors file with the cases in its metadata; null where no Python here has PyTorch. */
  base64: string | null;
  /** For the name of the tests: empty, or why they are skipped. */
  note: string;
}

const made = new Map<number, Promise<LayerCases>>();

/** The cases of make_layer_cases.py, and those of ../shared/reference where that folder is there. Each seed runs once. */
export function layerCases(seed: number): Promise<LayerCases> {
  const cases = made.get(seed) ?? make(seed);
  made.set(seed, cases);
  return cases;
}

async function make(seed: number): Promise<LayerCases> {
  const python = await findPython(['torch', 'numpy']);
  if (python.missing) return { base64: null, note: python.note };
  const folder = await mkdtemp(join(tmpdir(), 'layer-cases-'));
  try {
    const out = join(folder, 'cases.safetensors');
    const reference = fileURLToPath(new URL('../../../shared/reference', import.meta.url));
    const exists = await access(join(reference, 'make_reference.py')).then(
      () => true,
      () => false,
    );
    const script = new URL('./make_layer_cases.py', import.meta.url);
    await python.run(script, out, '--seed', String(seed), ...(exists ? ['--reference', reference] : []));
    return { base64: (await readFile(out)).toString('base64'), note: '' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
