/** One layer as `describe` reports it: what is known of it without a tensor. */
export interface LayerDescription {
  name: string;
  type: string;
  /** N x C x H x W of the layer's first top. */
  shape: number[];
  parameters: number;
  /** Floating-point operations of one forward pass of one image: a multiply-add counts as two. */
  flops: number;
  /** Bytes of the layer's tops in float32. */
  bytes: number;
  /** Pixels of this blob per pixel of the data (0.25 after a stride of 4), and where the data's pixel 0 lies in it. */
  scale: number;
  offset: number;
}

export interface NetworkDescription {
  name: string;
  layers: LayerDescription[];
  parameters: number;
  trainable: number;
  /** Side of the square of data pixels that one score sees. */
  receptiveField: number;
  /** Data pixels per step of the coarsest blob. */
  stride: number;
  /** What the final crop cuts off at the top and left: 18 for FCN-AlexNet. */
  offset: number;
}
