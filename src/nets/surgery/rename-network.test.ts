import { expect, it } from 'vitest';
import { renameNetwork } from './rename-network';

it("changes a network's own name and no layer's", () => {
  const layer = 'layer { name: "a" type: "ReLU" bottom: "data" top: "data" }\n';
  expect(renameNetwork(`name: "a" # b\n${layer}`, 'c "d"')).toBe(`name: "c \\"d\\"" # b\n${layer}`);
  expect(renameNetwork(layer, 'c')).toBe(layer);
});
