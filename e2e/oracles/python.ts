// Finds a Python that has what an oracle needs: some tests compare with programs of others, written in Python.
import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Importing a large module from a cold disk takes tens of seconds. */
const START_MS = 60_000;
const RUN_MS = 300_000;

export interface Python {
  /** True where there is no such Python: skip the tests that need it, `describe.skipIf(python.missing)`. */
  missing: boolean;
  /** For the name of those tests: empty, or why they are skipped. */
  note: string;
  /**
   * Runs a script and gives its standard output.
   * @param script the script's URL, `new URL('./make.py', import.meta.url)`
   * @throws Error with the script's standard error when it fails or takes more than five minutes.
   */
  run(script: URL, ...args: string[]): Promise<string>;
}

/** INTARSIA_PYTHON where it is set, else every python3 on the PATH: the first may be one without Debian's modules. */
function candidates(): string[] {
  const chosen = process.env['INTARSIA_PYTHON'];
  if (chosen) return [chosen];
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const names = process.platform === 'win32' ? ['python.exe'] : ['python3'];
  return [...new Set(folders)].flatMap((folder) => names.map((name) => join(folder, name)));
}

async function hasModules(command: string, modules: readonly string[]): Promise<boolean> {
  try {
    await execute(command, ['-c', `import ${modules.join(', ')}`], { timeout: START_MS });
    return true;
  } catch {
    return false;
  }
}

/**
 * The first Python that can import all of `modules`, for instance ['google.protobuf'] or ['cv2', 'numpy'].
 * @throws Error where there is none and INTARSIA_REQUIRE_ORACLES is set, so that the test file fails.
 */
export async function findPython(modules: readonly string[]): Promise<Python> {
  for (const command of candidates()) {
    if (!(await hasModules(command, modules))) continue;
    return {
      missing: false,
      note: '',
      run: async (script, ...args) => {
        const options = { timeout: RUN_MS, maxBuffer: 2 ** 28 };
        return (await execute(command, [fileURLToPath(script), ...args], options)).stdout;
      },
    };
  }
  const why = `no python3 on the PATH can import ${modules.join(' and ')}`;
  if (process.env['INTARSIA_REQUIRE_ORACLES']) {
    throw new Error(
      `${why}, and INTARSIA_REQUIRE_ORACLES asks for it. Install the module, or unset the variable.`,
    );
  }
  return {
    missing: true,
    note: ` (skipped: ${why})`,
    run: () => Promise.reject(new Error(why)),
  };
}
