/** How pictures are kept, and whether in one record with facts and label map or each in a store of its own. */
export const ways = {
  'one record, raw': { apart: false, codec: 'raw' },
  'apart, raw': { apart: true, codec: 'raw' },
  'apart, deflated': { apart: true, codec: 'deflate' },
  'apart, differences deflated': { apart: true, codec: 'differences' },
  'apart, PNG by the browser': { apart: true, codec: 'png' },
} as const;

export type Way = keyof typeof ways;
export type Codec = (typeof ways)[Way]['codec'];
