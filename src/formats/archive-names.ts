// Names inside archives: bytes of unknown encoding that may say anything. They become labels, and never lead anywhere.

/** What code page 437 has above 127, which zip files without a mark for UTF-8 are written in. */
const codePage437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ ';

const strict = new TextDecoder('utf-8', { fatal: true });
const lenient = new TextDecoder();

/** A name as text: UTF-8 where the bytes are, marked so or not. */
export function nameText(bytes: Uint8Array, isUtf8: boolean): string {
  if (isUtf8) return lenient.decode(bytes);
  try {
    return strict.decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte < 128 ? String.fromCharCode(byte) : codePage437[byte - 128]!,
    ).join('');
  }
}

const maxFolders = 32;
const maxPart = 255;

/** Control characters, and those that turn the direction of a text and so show a name as another. */
const deceiving = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A path for lists and for pairing: folders separated by "/", without drive, root, "." and "..", in one Unicode form.
 * Null where nothing is left or there are more folders than anyone makes.
 */
export function safePath(name: string): string | null {
  const parts = name
    .normalize('NFC')
    .replace(/^[a-z]:/i, '')
    .split(/[/\\]+/)
    .map((part) => part.replace(deceiving, '\ufffd').trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..');
  if (parts.length === 0 || parts.length > maxFolders || parts.some((part) => part.length > maxPart))
    return null;
  return parts.join('/');
}
