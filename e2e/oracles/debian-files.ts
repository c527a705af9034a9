// Test files that Debian's packages bring, for tests that use them where they are installed.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folder `inside` of Go's own sources (package golang-1.19-src or another version), or null where there is none.
 * @throws Error where there is none and INTARSIA_REQUIRE_ORACLES is set, so that the test fails.
 */
export function goTestFiles(inside: string): string | null {
  const share = '/usr/share';
  const versions = existsSync(share) ? readdirSync(share).filter((name) => /^go-\d/.test(name)) : [];
  const folders = versions.map((version) => join(share, version, 'src', inside));
  const found = folders.find((folder) => existsSync(folder)) ?? null;
  if (!found && process.env['INTARSIA_REQUIRE_ORACLES'])
    throw new Error(
      `There are no test files of Go, and INTARSIA_REQUIRE_ORACLES asks for them: install golang-1.19-src.`,
    );
  return found;
}

/** For the name of a test that is skipped without those files. */
export const needsGoFiles = ' (skipped: golang-1.19-src, which brings the files, is not installed)';
