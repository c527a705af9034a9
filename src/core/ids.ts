/** A new random id of 128 bits. Unlike crypto.randomUUID it also works on pages served over plain HTTP, as in a classroom. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
