// A person's own network as it is stored.

export type NetworkId = string & { readonly brand?: 'NetworkId' };

/** Where a network came from. */
export type NetworkOrigin =
  | { kind: 'new' }
  | { kind: 'zoo'; id: string }
  | { kind: 'file'; file: string }
  | { kind: 'copy'; of: string };

export interface NetworkRecord {
  id: NetworkId;
  schema: 1;
  name: string;
  /** The text as it was typed: it may be wrong. */
  prototxt: string;
  createdAt: number;
  changedAt: number;
  origin: NetworkOrigin;
}

/** What is to be stored: a new network where there is no id, else a stored one with another name and text. */
export interface NetworkDraft {
  id?: NetworkId;
  name: string;
  prototxt: string;
  /** Of a new network; a stored one keeps its own. */
  origin?: NetworkOrigin;
}
