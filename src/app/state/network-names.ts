// Names of networks: the one in the text, and one that nobody has yet.

/** What the prototxt calls itself; null where it says nothing. */
export function nameInText(prototxt: string): string | null {
  return (
    /^\s*name\s*:\s*["']([^"'\n]+)["']/m.exec(prototxt.replace(/\blayers?\s*\{[\s\S]*/, ''))?.[1] ?? null
  );
}

/** `wanted`, or "wanted 2", "wanted 3" ... where it is taken. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  if (!names.has(wanted)) return wanted;
  // A copy of "net 2" is "net 3", not "net 2 2".
  const stem = wanted.replace(/ \d+$/, '');
  for (let i = 2; ; i++) if (!names.has(`${stem} ${i}`)) return `${stem} ${i}`;
}
