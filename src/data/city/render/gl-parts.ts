// What the renderer hands to the graphics processor: geometry, textures and the uniforms with their first values.
import {
  BufferAttribute,
  BufferGeometry,
  DataArrayTexture,
  DepthTexture,
  LessEqualCompare,
  LinearFilter,
  LinearMipmapLinearFilter,
  Mesh,
  OrthographicCamera,
  RepeatWrapping,
  Vector2,
  Vector3,
  type RawShaderMaterial,
  type Texture,
} from 'three';
import type { CityMesh } from '../mesh/mesh-builder';
import type { Film } from './film';
import type { Light } from './light';
import { paintTiles } from './tile-art';
import { tileNames, tileSide } from './tiles';

/** Texels along each side of the shadow map. */
export const shadowSide = 1024;

export function geometryOf(mesh: CityMesh): BufferGeometry {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(mesh.positions, 3));
  geometry.setAttribute('normal', new BufferAttribute(mesh.normals, 3));
  geometry.setAttribute('uv', new BufferAttribute(mesh.uvs, 2));
  geometry.setAttribute('colour', new BufferAttribute(mesh.colours, 4, true));
  geometry.setAttribute('tag', new BufferAttribute(mesh.tags, 3));
  geometry.setIndex(new BufferAttribute(mesh.indices, 1));
  return geometry;
}

/** One triangle that covers the picture. */
export function covering(material: RawShaderMaterial): Mesh {
  const geometry = new BufferGeometry();
  geometry.setAttribute('position', new BufferAttribute(Float32Array.of(-1, -1, 0, 3, -1, 0, -1, 3, 0), 3));
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false;
  return mesh;
}

export function tileTexture(): Texture {
  const texture = new DataArrayTexture(paintTiles(), tileSide, tileSide, tileNames.length);
  texture.wrapS = texture.wrapT = RepeatWrapping;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearMipmapLinearFilter;
  texture.generateMipmaps = true;
  texture.needsUpdate = true;
  return texture;
}

export function shadowTexture(): DepthTexture {
  const texture = new DepthTexture(shadowSide, shadowSide);
  texture.compareFunction = LessEqualCompare;
  texture.magFilter = texture.minFilter = LinearFilter;
  return texture;
}

const vector = () => ({ value: new Vector3() });
const number = (value = 0) => ({ value });

export const lightUniforms = () => ({
  sun: vector(),
  sunColour: vector(),
  disc: number(),
  zenith: vector(),
  horizon: vector(),
  clouds: number(),
  exposure: number(1),
  glare: number(1),
  drift: { value: new Vector2() },
});

export const viewUniforms = () => ({
  eye: vector(),
  ahead: vector(),
  above: vector(),
  below: vector(),
  fog: number(),
  wet: number(),
  snow: number(),
  lamps: number(),
  shadowMatrix: { value: new OrthographicCamera().projectionMatrix.clone() },
  lampPlaces: { value: Array.from({ length: 8 }, () => new Vector3()) },
});

/** What the pictures of sky and street need of the film. */
export const developUniforms = () => ({
  gain: vector(),
  clipping: number(),
  contrast: number(1),
  saturation: number(1),
});

export const screenUniforms = () => ({
  seen: { value: null as Texture | null },
  size: { value: new Vector2() },
  grain: number(),
  blur: number(),
  smear: number(),
  vignette: number(),
  rain: number(),
  flakes: number(),
  seed: number(),
  bright: number(),
});

/** Gives numbers and colours to the uniforms of their names, in every material that has them. */
export function setUniforms(materials: readonly RawShaderMaterial[], values: Light | Film): void {
  for (const [name, value] of Object.entries(values) as [string, number | [number, number, number]][]) {
    for (const { uniforms } of materials) {
      const uniform = uniforms[name];
      if (uniform) uniform.value = typeof value === 'number' ? value : new Vector3(...value);
    }
  }
}
