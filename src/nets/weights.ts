/** A tensor of named weights in Caffe's order: convolution out x in/group x kh x kw, deconvolution in x out/group x kh x kw. */
export interface WeightBlob {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by blob name: "conv1/0" is the first parameter of layer conv1 (its weight), "conv1/1" the second (its bias). */
export type WeightSet = Map<string, WeightBlob>;

/** What a solver keeps of each blob (Caffe's `history`): one or two of the blob's shape. */
export type SolverHistory = Map<string, WeightBlob[]>;
