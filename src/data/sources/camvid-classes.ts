// Class tables of CamVid, from its documentation.
import { tableOf } from './class-table';

/** The original's 31 classes and void. Only their colours are documented: the ids are positions. */
export const camvidClasses = tableOf(`
  0 ~Void 000000
  1 Animal 408040
  2 Archway c00080
  3 Bicyclist 0080c0
  4 Bridge 008040
  5 Building 800000
  6 Car 400080
  7 CartLuggagePram 4000c0
  8 Child c08040
  9 Column__Pole c0c080
  10 Fence 404080
  11 LaneMkgsDriv 8000c0
  12 LaneMkgsNonDriv c00040
  13 Misc__Text 808040
  14 MotorcycleScooter c000c0
  15 OtherMoving 804040
  16 ParkingBlock 40c080
  17 Pedestrian 404000
  18 Road 804080
  19 RoadShoulder 8080c0
  20 Sidewalk 0000c0
  21 SignSymbol c08080
  22 Sky 808080
  23 SUVPickupTruck 4080c0
  24 TrafficCone 000040
  25 TrafficLight 004040
  26 Train c04080
  27 Tree 808000
  28 Truck__Bus c080c0
  29 Tunnel 400040
  30 VegetationMisc c0c000
  31 Wall 40c000
`);

/** SegNet's eleven classes; 11 is void. */
export const segnetClasses = tableOf(`
  0 Sky 808080
  1 Building 800000
  2 Pole c0c080
  3 Road 804080
  4 Pavement 3c28de
  5 Tree 808000
  6 SignSymbol c08080
  7 Fence 404080
  8 Car 400080
  9 Pedestrian 404000
  10 Bicyclist 0080c0
  11 ~Void 000000
`);
