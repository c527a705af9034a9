// Class tables of Cityscapes, which KITTI shares: the thirty classes of its documentation, and the nineteen that count.
import { tableOf } from './class-table';

/** Label ids. The four that mark what no one labelled are void. */
export const labelIdClasses = tableOf(`
  0 ~unlabeled 000000
  1 ~ego_vehicle 000000
  2 ~rectification_border 000000
  3 ~out_of_roi 000000
  4 static 000000
  5 dynamic 6f4a00
  6 ground 510051
  7 road 804080
  8 sidewalk f423e8
  9 parking faaaa0
  10 rail_track e6968c
  11 building 464646
  12 wall 66669c
  13 fence be9999
  14 guard_rail b4a5b4
  15 bridge 966464
  16 tunnel 96785a
  17 pole 999999
  18 polegroup 999999
  19 traffic_light faaa1e
  20 traffic_sign dcdc00
  21 vegetation 6b8e23
  22 terrain 98fb98
  23 sky 4682b4
  24 person dc143c
  25 rider ff0000
  26 car 00008e
  27 truck 000046
  28 bus 003c64
  29 caravan 00005a
  30 trailer 00006e
  31 train 005064
  32 motorcycle 0000e6
  33 bicycle 770b20
`);

/** Train ids: the classes of the benchmark, and 255 for everything else. */
export const trainIdClasses = tableOf(`
  0 road 804080
  1 sidewalk f423e8
  2 building 464646
  3 wall 66669c
  4 fence be9999
  5 pole 999999
  6 traffic_light faaa1e
  7 traffic_sign dcdc00
  8 vegetation 6b8e23
  9 terrain 98fb98
  10 sky 4682b4
  11 person dc143c
  12 rider ff0000
  13 car 00008e
  14 truck 000046
  15 bus 003c64
  16 train 005064
  17 motorcycle 0000e6
  18 bicycle 770b20
  255 ~void 000000
`);
