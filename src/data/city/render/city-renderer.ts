// Layouts to pixels with three.js on a canvas that nobody sees: picture, labels and instances.
import {
  DoubleSide,
  GLSL3,
  Mesh,
  NearestFilter,
  OrthographicCamera,
  PerspectiveCamera,
  RawShaderMaterial,
  Scene,
  Vector2,
  Vector3,
  Vector4,
  WebGLRenderer,
  WebGLRenderTarget,
} from 'three';
import { AppError } from '../../../core/errors';
import type { Size } from '../../types';
import { cityClass } from '../city-classes';
import type { CityLayout } from '../layout/scene';
import { buildCity } from '../mesh/city-mesh';
import { lampLight } from '../mesh/thing-mesh';
import { filmOf, type Film } from './film';
import { lightOf, type Light } from './light';
import * as lens from './lens-shader';
import * as shaders from './shaders';
import {
  covering,
  developUniforms,
  geometryOf,
  lightUniforms,
  screenUniforms,
  setUniforms,
  shadowSide,
  shadowTexture,
  tileTexture,
  viewUniforms,
} from './gl-parts';
import { tileIndex } from './tiles';

/** A drawn frame, rows from the top down. */
export interface CityPixels extends Size {
  /** Three bytes a pixel. */
  rgb: Uint8Array<ArrayBuffer>;
  /** SYNTHIA's ids, lane markings and traffic lights told apart. */
  ids: Uint8Array<ArrayBuffer>;
  /** Which thing it is, from 1; 0 is ground and sky. */
  instances: Uint16Array<ArrayBuffer>;
}

/** How a picture is taken; what is left out follows from the layout's sky. */
interface Exposure {
  /** Samples in a pixel that smooth the edges. */
  samples?: number;
  light?: Light;
  film?: Film;
}

/** Half the side of the square in which shadows are thrown, in metres. */
const shadowReach = 46;

export class CityRenderer {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly screen = new Scene();
  private readonly mesh = new Mesh();
  private readonly dome: Mesh;
  private readonly view: RawShaderMaterial;
  private readonly ids: RawShaderMaterial;
  private readonly shade: RawShaderMaterial;
  private readonly sky: RawShaderMaterial;
  private readonly down: RawShaderMaterial;
  private readonly shadowTarget: WebGLRenderTarget;
  private targets: { seen: WebGLRenderTarget; small: WebGLRenderTarget } | null = null;
  private readonly sun = new OrthographicCamera();
  private readonly camera = new PerspectiveCamera();

  /** Throws AppError 'no-backend' where there is no WebGL 2. */
  constructor() {
    try {
      this.renderer = new WebGLRenderer({ canvas: new OffscreenCanvas(16, 16), antialias: false });
    } catch {
      throw new AppError(
        'no-backend',
        'The city is drawn with WebGL 2, which this browser does not offer here. Switch on hardware acceleration in its settings, or use a current Chrome, Edge, Firefox or Safari.',
      );
    }
    this.renderer.autoClear = false;
    const tiles = tileTexture();
    const uniforms = () => ({
      ...lightUniforms(),
      ...developUniforms(),
      tiles: { value: tiles },
      noiseTile: { value: tileIndex('noise') },
    });
    const city = (fragmentShader: string, vertexShader = shaders.idVertex, own = {}) =>
      new RawShaderMaterial({
        glslVersion: GLSL3,
        vertexShader,
        fragmentShader,
        uniforms: own,
        side: DoubleSide,
      });
    this.shadowTarget = new WebGLRenderTarget(shadowSide, shadowSide, {
      depthTexture: shadowTexture(),
    });
    this.view = city(shaders.cityFragment, shaders.cityVertex, {
      ...uniforms(),
      ...viewUniforms(),
      shadows: { value: this.shadowTarget.depthTexture },
    });
    this.ids = city(shaders.idFragment);
    this.shade = city(shaders.shadowFragment);
    this.sky = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: shaders.skyVertex,
      fragmentShader: shaders.skyFragment,
      uniforms: {
        ...uniforms(),
        corners: { value: new Vector4() },
        cameraWorld: { value: this.camera.matrixWorld },
      },
      depthWrite: false,
    });
    this.down = new RawShaderMaterial({
      glslVersion: GLSL3,
      vertexShader: lens.screenVertex,
      fragmentShader: lens.screenFragment,
      uniforms: screenUniforms(),
      depthTest: false,
      depthWrite: false,
    });
    this.mesh.frustumCulled = false;
    this.scene.add(this.mesh);
    this.dome = covering(this.sky);
    this.dome.renderOrder = 1;
    this.scene.add(this.dome);
    this.screen.add(covering(this.down));
  }

  /** Draws a layout. Edges are smoothed by `samples` in a pixel; the labels are those of the pixels' middles. */
  draw(
    layout: CityLayout,
    size: Size,
    { samples = 4, light = lightOf(layout.sky), film = filmOf(layout.sky.look, light.lamps) }: Exposure = {},
  ): CityPixels {
    const { width, height } = size;
    const { seen, small } = this.sized(size, samples);
    this.mesh.geometry.dispose();
    const city = buildCity(layout);
    this.mesh.geometry = geometryOf(city);
    this.aim(layout, size);
    this.mesh.geometry.setDrawRange(0, city.casting);
    this.castShadows(layout, light);
    this.mesh.geometry.setDrawRange(0, Infinity);
    this.setLight(layout, light);
    setUniforms([this.view, this.sky, this.down], film);
    this.pass(seen, this.view, this.camera, [0, 0, 0]);
    const { uniforms } = this.down;
    uniforms['seen']!.value = seen.texture;
    (uniforms['size']!.value as Vector2).set(width, height);
    this.renderer.setRenderTarget(small);
    this.renderer.render(this.screen, this.camera);
    const rgb = this.read(small, size, 3, (from, at, to) => {
      for (let c = 0; c < 3; c++) to[at * 3 + c] = from[c]!;
    });
    this.pass(small, this.ids, this.camera, [cityClass.sky / 255, 0, 0]);
    const instances = new Uint16Array(width * height);
    const ids = this.read(small, size, 1, (from, at, to) => {
      to[at] = from[0]!;
      instances[at] = from[1]! + 256 * from[2]!;
    });
    return { width, height, rgb, ids, instances };
  }

  dispose(): void {
    this.targets?.seen.dispose();
    this.targets?.small.dispose();
    this.shadowTarget.dispose();
    this.mesh.geometry.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }

  private pass(
    target: WebGLRenderTarget,
    material: RawShaderMaterial,
    camera: PerspectiveCamera | OrthographicCamera,
    [r, g, b]: readonly [number, number, number],
  ): void {
    this.renderer.setRenderTarget(target);
    // The renderer's own clear colour would be converted between colour spaces.
    const context = this.renderer.getContext();
    context.clearColor(r, g, b, 1);
    this.renderer.state.buffers.depth.setMask(true);
    this.renderer.state.buffers.color.setMask(true);
    context.clear(context.COLOR_BUFFER_BIT | context.DEPTH_BUFFER_BIT);
    this.mesh.material = material;
    this.dome.visible = material === this.view;
    this.renderer.render(this.scene, camera);
  }

  private aim({ camera: { x, y, z, yaw, pitch, fov } }: CityLayout, { width, height }: Size): void {
    const { camera } = this;
    camera.fov = fov;
    camera.aspect = width / height;
    camera.near = 0.35;
    camera.far = 420;
    camera.position.set(x, y, z);
    camera.rotation.set(pitch, yaw, 0, 'YXZ');
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld(true);
    const half = Math.tan((fov * Math.PI) / 360);
    (this.sky.uniforms['corners']!.value as Vector4).set(half * camera.aspect, half, 0, 0);
  }

  private castShadows({ camera: { x, z, yaw } }: CityLayout, light: Light): void {
    const { sun } = this;
    const [cx, cz] = [x - Math.sin(yaw) * shadowReach * 0.8, z - Math.cos(yaw) * shadowReach * 0.8];
    const direction = new Vector3(...light.sun).normalize();
    sun.left = sun.bottom = -shadowReach;
    sun.right = sun.top = shadowReach;
    sun.near = 1;
    sun.far = 260;
    sun.position.set(cx, 0, cz).addScaledVector(direction, 130);
    sun.up.set(0, 0, 1);
    sun.lookAt(cx, 0, cz);
    sun.updateProjectionMatrix();
    sun.updateMatrixWorld(true);
    this.pass(this.shadowTarget, this.shade, sun, [1, 1, 1]);
    const matrix = this.view.uniforms['shadowMatrix']!.value as OrthographicCamera['projectionMatrix'];
    matrix.multiplyMatrices(sun.projectionMatrix, sun.matrixWorldInverse);
  }

  private setLight({ camera, things, sky }: CityLayout, light: Light): void {
    setUniforms([this.view, this.sky], light);
    for (const { uniforms } of [this.view, this.sky]) {
      (uniforms['drift']!.value as Vector2).set((sky.look % 997) / 997, (sky.look % 1009) / 1009);
    }
    const { uniforms } = this.view;
    (uniforms['eye']!.value as Vector3).set(camera.x, camera.y, camera.z);
    this.camera.getWorldDirection(uniforms['ahead']!.value as Vector3);
    const away = (p: readonly [number, number, number]) =>
      Math.hypot(p[0] - camera.x + Math.sin(camera.yaw) * 14, p[2] - camera.z + Math.cos(camera.yaw) * 14);
    const lamps = things
      .filter(({ kind }) => kind === 'lamp')
      .map(lampLight)
      .sort((a, b) => away(a) - away(b));
    (uniforms['lampPlaces']!.value as Vector3[]).forEach((place, i) =>
      place.set(...(lamps[i] ?? [0, -900, 0])),
    );
    const screen = this.down.uniforms;
    screen['rain']!.value = sky.weather === 'rain' ? light.falling : 0;
    screen['flakes']!.value = sky.weather === 'snow' ? light.falling : 0;
    screen['seed']!.value = sky.look % 4096;
    screen['bright']!.value = light.lamps > 0.5 ? 0.4 : 0.85;
  }

  private read(
    target: WebGLRenderTarget,
    { width, height }: Size,
    bytes: number,
    take: (from: Uint8Array, at: number, to: Uint8Array) => void,
  ): Uint8Array<ArrayBuffer> {
    const raw = new Uint8Array(width * height * 4);
    this.renderer.readRenderTargetPixels(target, 0, 0, width, height, raw);
    const out = new Uint8Array(width * height * bytes);
    for (let y = 0, at = 0; y < height; y++) {
      // Rows arrive from the bottom up.
      let from = (height - 1 - y) * width * 4;
      for (let x = 0; x < width; x++, at++, from += 4) take(raw.subarray(from, from + 4), at, out);
    }
    return out;
  }

  private sized({ width, height }: Size, samples: number) {
    const { seen, small } = this.targets ?? {};
    if (seen && small?.width === width && small.height === height && seen.samples === samples) {
      return { seen, small };
    }
    seen?.dispose();
    small?.dispose();
    const target = (of: number) =>
      new WebGLRenderTarget(width, height, {
        samples: of,
        minFilter: NearestFilter,
        magFilter: NearestFilter,
      });
    this.targets = { seen: target(samples), small: target(0) };
    return this.targets;
  }
}
