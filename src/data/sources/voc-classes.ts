// PASCAL VOC: the value of a pixel is its palette index, and 255 is void.
import { tableOf } from './class-table';

export const vocClasses = tableOf(`
  0 background 000000
  1 aeroplane 800000
  2 bicycle 008000
  3 bird 808000
  4 boat 000080
  5 bottle 800080
  6 bus 008080
  7 car 808080
  8 cat 400000
  9 chair c00000
  10 cow 408000
  11 diningtable c08000
  12 dog 400080
  13 horse c00080
  14 motorbike 408080
  15 person c08080
  16 pottedplant 004000
  17 sheep 804000
  18 sofa 00c000
  19 train 80c000
  20 tvmonitor 004080
  255 ~void e0e0c0
`);
