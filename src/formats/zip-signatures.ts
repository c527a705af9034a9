// How the parts of a zip file begin, as little-endian 32-bit numbers (APPNOTE.TXT 6.3.9, sections 4.3.7 to 4.3.16).
export const headerSignature = 0x04034b50;
export const entrySignature = 0x02014b50;
export const end64Signature = 0x06064b50;
export const locatorSignature = 0x07064b50;
export const endSignature = 0x06054b50;
