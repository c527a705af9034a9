// The fields of caffe.proto's messages, as far as networks use them: what the reader checks and the editor completes.

export interface FieldSchema {
  name: string;
  kind: 'int' | 'float' | 'bool' | 'string' | 'enum' | 'message';
  repeated: boolean;
  /** The message's name, for kind 'message'. */
  message?: string;
  /** What an enum may say. */
  words?: readonly string[];
  default?: string;
}

/** A field is `name:kind`, with * where it repeats and = before a default; a kind in capitals is a message, words with | are an enum. */
const text: Record<string, string> = {
  NetParameter:
    'name:string input:string* input_shape:BlobShape* input_dim:int* force_backward:bool=false state:NetState debug_info:bool=false ' +
    'layer:LayerParameter* layers:V1LayerParameter*',
  BlobShape: 'dim:int*',
  NetState: 'phase:TRAIN|TEST=TEST level:int=0 stage:string*',
  NetStateRule: 'phase:TRAIN|TEST min_level:int max_level:int stage:string* not_stage:string*',
  ParamSpec: 'name:string share_mode:STRICT|PERMISSIVE lr_mult:float=1 decay_mult:float=1',
  FillerParameter:
    'type:string=constant value:float=0 min:float=0 max:float=1 mean:float=0 std:float=1 sparse:int=-1 ' +
    'variance_norm:FAN_IN|FAN_OUT|AVERAGE=FAN_IN',
  LayerParameter:
    'name:string type:string bottom:string* top:string* phase:TRAIN|TEST loss_weight:float* param:ParamSpec* propagate_down:bool* ' +
    'include:NetStateRule* exclude:NetStateRule* transform_param:TransformationParameter loss_param:LossParameter ' +
    'accuracy_param:AccuracyParameter batch_norm_param:BatchNormParameter bias_param:BiasParameter concat_param:ConcatParameter ' +
    'convolution_param:ConvolutionParameter crop_param:CropParameter data_param:DataParameter dropout_param:DropoutParameter ' +
    'dummy_data_param:DummyDataParameter eltwise_param:EltwiseParameter elu_param:ELUParameter flatten_param:FlattenParameter ' +
    'hdf5_data_param:HDF5DataParameter image_data_param:ImageDataParameter inner_product_param:InnerProductParameter ' +
    'input_param:InputParameter lrn_param:LRNParameter memory_data_param:MemoryDataParameter pooling_param:PoolingParameter ' +
    'power_param:PowerParameter prelu_param:PReLUParameter python_param:PythonParameter relu_param:ReLUParameter ' +
    'reshape_param:ReshapeParameter scale_param:ScaleParameter sigmoid_param:SigmoidParameter slice_param:SliceParameter ' +
    'softmax_param:SoftmaxParameter tanh_param:TanHParameter window_data_param:WindowDataParameter',
  V1LayerParameter:
    'name:string type:word bottom:string* top:string* include:NetStateRule* exclude:NetStateRule* param:string* ' +
    'blob_share_mode:STRICT|PERMISSIVE* blobs_lr:float* weight_decay:float* loss_weight:float* transform_param:TransformationParameter ' +
    'loss_param:LossParameter accuracy_param:AccuracyParameter concat_param:ConcatParameter convolution_param:ConvolutionParameter ' +
    'data_param:DataParameter dropout_param:DropoutParameter dummy_data_param:DummyDataParameter eltwise_param:EltwiseParameter ' +
    'hdf5_data_param:HDF5DataParameter image_data_param:ImageDataParameter inner_product_param:InnerProductParameter ' +
    'lrn_param:LRNParameter memory_data_param:MemoryDataParameter pooling_param:PoolingParameter power_param:PowerParameter ' +
    'relu_param:ReLUParameter sigmoid_param:SigmoidParameter slice_param:SliceParameter softmax_param:SoftmaxParameter ' +
    'tanh_param:TanHParameter window_data_param:WindowDataParameter',
  TransformationParameter:
    'scale:float=1 mirror:bool=false crop_size:int=0 mean_file:string mean_value:float* force_color:bool=false force_gray:bool=false',
  LossParameter: 'ignore_label:int normalization:FULL|VALID|BATCH_SIZE|NONE=VALID normalize:bool',
  AccuracyParameter: 'top_k:int=1 axis:int=1 ignore_label:int',
  BatchNormParameter: 'use_global_stats:bool moving_average_fraction:float=0.999 eps:float=1e-5',
  BiasParameter: 'axis:int=1 num_axes:int=1 filler:FillerParameter',
  ConcatParameter: 'axis:int=1 concat_dim:int=1',
  ConvolutionParameter:
    'num_output:int bias_term:bool=true pad:int* kernel_size:int* stride:int* dilation:int* pad_h:int=0 pad_w:int=0 kernel_h:int ' +
    'kernel_w:int stride_h:int stride_w:int group:int=1 weight_filler:FillerParameter bias_filler:FillerParameter ' +
    'engine:DEFAULT|CAFFE|CUDNN=DEFAULT axis:int=1 force_nd_im2col:bool=false',
  CropParameter: 'axis:int=2 offset:int*',
  DataParameter:
    'source:string batch_size:int rand_skip:int=0 backend:LEVELDB|LMDB=LEVELDB scale:float=1 mean_file:string crop_size:int=0 ' +
    'mirror:bool=false force_encoded_color:bool=false prefetch:int=4',
  DropoutParameter: 'dropout_ratio:float=0.5',
  DummyDataParameter:
    'data_filler:FillerParameter* shape:BlobShape* num:int* channels:int* height:int* width:int*',
  EltwiseParameter: 'operation:PROD|SUM|MAX=SUM coeff:float* stable_prod_grad:bool=true',
  ELUParameter: 'alpha:float=1',
  FlattenParameter: 'axis:int=1 end_axis:int=-1',
  HDF5DataParameter: 'source:string batch_size:int shuffle:bool=false',
  ImageDataParameter:
    'source:string batch_size:int=1 rand_skip:int=0 shuffle:bool=false new_height:int=0 new_width:int=0 is_color:bool=true ' +
    'scale:float=1 mean_file:string crop_size:int=0 mirror:bool=false root_folder:string',
  InnerProductParameter:
    'num_output:int bias_term:bool=true weight_filler:FillerParameter bias_filler:FillerParameter axis:int=1 transpose:bool=false',
  InputParameter: 'shape:BlobShape*',
  LRNParameter:
    'local_size:int=5 alpha:float=1 beta:float=0.75 norm_region:ACROSS_CHANNELS|WITHIN_CHANNEL=ACROSS_CHANNELS k:float=1 ' +
    'engine:DEFAULT|CAFFE|CUDNN=DEFAULT',
  MemoryDataParameter: 'batch_size:int channels:int height:int width:int',
  PoolingParameter:
    'pool:MAX|AVE|STOCHASTIC=MAX pad:int=0 pad_h:int=0 pad_w:int=0 kernel_size:int kernel_h:int kernel_w:int stride:int=1 ' +
    'stride_h:int stride_w:int engine:DEFAULT|CAFFE|CUDNN=DEFAULT global_pooling:bool=false round_mode:CEIL|FLOOR=CEIL',
  PowerParameter: 'power:float=1 scale:float=1 shift:float=0',
  PReLUParameter: 'filler:FillerParameter channel_shared:bool=false',
  PythonParameter: 'module:string layer:string param_str:string share_in_parallel:bool=false',
  ReLUParameter: 'negative_slope:float=0 engine:DEFAULT|CAFFE|CUDNN=DEFAULT',
  ReshapeParameter: 'shape:BlobShape axis:int=0 num_axes:int=-1',
  ScaleParameter:
    'axis:int=1 num_axes:int=1 filler:FillerParameter bias_term:bool=false bias_filler:FillerParameter',
  SigmoidParameter: 'engine:DEFAULT|CAFFE|CUDNN=DEFAULT',
  SliceParameter: 'axis:int=1 slice_point:int* slice_dim:int=1',
  SoftmaxParameter: 'engine:DEFAULT|CAFFE|CUDNN=DEFAULT axis:int=1',
  TanHParameter: 'engine:DEFAULT|CAFFE|CUDNN=DEFAULT',
  WindowDataParameter:
    'source:string scale:float=1 mean_file:string batch_size:int crop_size:int=0 mirror:bool=false fg_threshold:float=0.5 ' +
    'bg_threshold:float=0.5 fg_fraction:float=0.25 context_pad:int=0 crop_mode:string=warp cache_images:bool=false root_folder:string',
};

/** The old enum of layer types (V1LayerParameter.LayerType) and today's names. */
export const oldLayerTypes: Readonly<Record<string, string>> = {
  ABSVAL: 'AbsVal',
  ACCURACY: 'Accuracy',
  ARGMAX: 'ArgMax',
  BNLL: 'BNLL',
  CONCAT: 'Concat',
  CONTRASTIVE_LOSS: 'ContrastiveLoss',
  CONVOLUTION: 'Convolution',
  DATA: 'Data',
  DECONVOLUTION: 'Deconvolution',
  DROPOUT: 'Dropout',
  DUMMY_DATA: 'DummyData',
  ELTWISE: 'Eltwise',
  EUCLIDEAN_LOSS: 'EuclideanLoss',
  EXP: 'Exp',
  FLATTEN: 'Flatten',
  HDF5_DATA: 'HDF5Data',
  HDF5_OUTPUT: 'HDF5Output',
  HINGE_LOSS: 'HingeLoss',
  IM2COL: 'Im2col',
  IMAGE_DATA: 'ImageData',
  INFOGAIN_LOSS: 'InfogainLoss',
  INNER_PRODUCT: 'InnerProduct',
  LRN: 'LRN',
  MEMORY_DATA: 'MemoryData',
  MULTINOMIAL_LOGISTIC_LOSS: 'MultinomialLogisticLoss',
  MVN: 'MVN',
  POOLING: 'Pooling',
  POWER: 'Power',
  RELU: 'ReLU',
  SIGMOID: 'Sigmoid',
  SIGMOID_CROSS_ENTROPY_LOSS: 'SigmoidCrossEntropyLoss',
  SILENCE: 'Silence',
  SLICE: 'Slice',
  SOFTMAX: 'Softmax',
  SOFTMAX_LOSS: 'SoftmaxWithLoss',
  SPLIT: 'Split',
  TANH: 'TanH',
  THRESHOLD: 'Threshold',
  WINDOW_DATA: 'WindowData',
};

/** Layers that only bring data in: their tops are the network's inputs. */
export const dataLayerTypes: readonly string[] = [
  'Data',
  'DummyData',
  'HDF5Data',
  'ImageData',
  'Input',
  'MemoryData',
  'WindowData',
];

/** Layer types that Intarsia reads, with the field that holds their parameters, or null. */
export const layerTypes: Readonly<Record<string, string | null>> = {
  Accuracy: 'accuracy_param',
  BatchNorm: 'batch_norm_param',
  Bias: 'bias_param',
  Concat: 'concat_param',
  Convolution: 'convolution_param',
  Crop: 'crop_param',
  Data: 'data_param',
  Deconvolution: 'convolution_param',
  Dropout: 'dropout_param',
  DummyData: 'dummy_data_param',
  Eltwise: 'eltwise_param',
  ELU: 'elu_param',
  Flatten: 'flatten_param',
  HDF5Data: 'hdf5_data_param',
  ImageData: 'image_data_param',
  InnerProduct: 'inner_product_param',
  Input: 'input_param',
  LRN: 'lrn_param',
  MemoryData: 'memory_data_param',
  Pooling: 'pooling_param',
  Power: 'power_param',
  PReLU: 'prelu_param',
  ReLU: 'relu_param',
  Reshape: 'reshape_param',
  Scale: 'scale_param',
  Sigmoid: 'sigmoid_param',
  Silence: null,
  Slice: 'slice_param',
  Softmax: 'softmax_param',
  SoftmaxWithLoss: 'loss_param',
  Split: null,
  TanH: 'tanh_param',
  WindowData: 'window_data_param',
};

const scalars = ['int', 'float', 'bool', 'string'] as const;

function readField(field: string): FieldSchema {
  const [, name = '', kind = '', star, , fallback] = /^(\w+):([\w|]+)(\*?)(=(.*))?$/.exec(field)!;
  const scalar = scalars.find((known) => known === kind);
  const base = { name, repeated: star === '*', ...(fallback === undefined ? {} : { default: fallback }) };
  if (scalar) return { ...base, kind: scalar };
  if (kind === 'word') return { ...base, kind: 'enum', words: Object.keys(oldLayerTypes) };
  if (kind.includes('|')) return { ...base, kind: 'enum', words: kind.split('|') };
  return { ...base, kind: 'message', message: kind };
}

/** The fields of each message, by its name in caffe.proto; a network is a NetParameter. */
export const messages: Readonly<Record<string, readonly FieldSchema[]>> = Object.fromEntries(
  Object.entries(text).map(([name, fields]) => [name, fields.split(' ').map(readField)]),
);
