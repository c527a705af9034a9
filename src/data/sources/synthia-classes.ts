// Class tables of the SYNTHIA subsets, from their documentation.
import { packColour } from '../label-values';
import type { Rgb } from '../types';
import { tableOf, type ClassTable } from './class-table';

/** Colours that copies of the dataset have beside the documented ones. */
const otherColours: ReadonlyMap<number, Rgb> = new Map([
  // Lane marking: both greens are in use.
  [packColour([0, 172, 0]), [0, 175, 0]],
  // Bicycle: the last digit differs between copies of the documentation.
  [packColour([119, 11, 32]), [119, 11, 31]],
]);

const withOtherColours = (table: ClassTable): ClassTable =>
  table.map((entry) => {
    const other = otherColours.get(packColour(entry.colour));
    return other ? { ...entry, otherColours: [other] } : entry;
  });

/** SYNTHIA-RAND (CVPR16): eleven classes and void. Lane marking and traffic light are in few copies. */
export const randClasses = withOtherColours(
  tableOf(`
    0 ~void 000000
    1 sky 808080
    2 building 800000
    3 road 804080
    4 sidewalk 0000c0
    5 fence 404080
    6 vegetation 808000
    7 pole c0c080
    8 car 400080
    9 sign c08080
    10 pedestrian 404000
    11 cyclist 0080c0
    12 ?lane_marking 00ac00
    15 ?traffic_light 008080
  `),
);

/** SYNTHIA-SEQS and -AL. */
export const sequenceClasses = withOtherColours(
  tableOf(`
    0 ~void 000000
    1 sky 808080
    2 building 800000
    3 road 804080
    4 sidewalk 0000c0
    5 fence 404080
    6 vegetation 808000
    7 pole c0c080
    8 car 400080
    9 traffic_sign c08080
    10 pedestrian 404000
    11 bicycle 0080c0
    12 lane_marking 00ac00
    15 traffic_light 008080
  `),
);

/** SYNTHIA-RAND-CITYSCAPES. Wall and lane marking have one colour, so colours cannot tell them apart. */
export const randCityscapesClasses = withOtherColours(
  tableOf(`
    0 ~void 000000
    1 sky 4682b4
    2 building 464646
    3 road 804080
    4 sidewalk f423e8
    5 fence 404080
    6 vegetation 6b8e23
    7 pole 999999
    8 car 00008e
    9 traffic_sign dcdc00
    10 pedestrian dc143c
    11 bicycle 770b20
    12 motorcycle 0000e6
    13 parking_slot faaaa0
    14 road_work 804040
    15 traffic_light faaa1e
    16 terrain 98fb98
    17 rider ff0000
    18 truck 000046
    19 bus 003c64
    20 train 005064
    21 wall 66669c
    22 lane_marking 66669c
  `),
);

/** SYNTHIA-SF. */
export const sfClasses = withOtherColours(
  tableOf(`
    0 ~void 000000
    1 road 804080
    2 sidewalk f423e8
    3 building 464646
    4 wall 66669c
    5 fence be9999
    6 pole 999999
    7 traffic_light faaa1e
    8 traffic_sign dcdc00
    9 vegetation 6b8e23
    10 terrain 98fb98
    11 sky 4682b4
    12 person dc143c
    13 rider ff0000
    14 car 00008e
    15 truck 000046
    16 bus 003c64
    17 train 005064
    18 motorcycle 0000e6
    19 bicycle 770b20
    20 road_lines 9dea32
    21 other 480062
    22 road_works a76a1d
  `),
);
