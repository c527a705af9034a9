// A label for every pixel of an image of any size.
import { scaledSize } from '../data/reshape';
import { resizeImage } from '../data/resize';
import type { RgbImage } from '../data/types';
import type { DeviceWatch } from '../engine/device-watch';
import { onDevice, runningDevice } from '../engine/gpu-devices';
import { writeBgr } from '../engine/layout';
import { Network } from '../engine/network';
import { argMax, resizeScores } from '../engine/read-back';
import { readNetwork } from '../nets/read-network';
import { readWeightFile } from '../nets/weight-file';
import type { BackendName } from '../engine/backends';
import type { ModelRecord } from '../training/types';

/** A model on the device. */
export class Segmenter {
  readonly model: ModelRecord;
  /** The backend that was running when the weights were put on the device. */
  readonly backend: BackendName;
  /** The device that they are on; null where the backend uses none. */
  readonly device: DeviceWatch | null = runningDevice();
  readonly #network: Network;

  private constructor(model: ModelRecord, backend: BackendName, bytes: Uint8Array) {
    this.model = model;
    this.backend = backend;
    this.#network = new Network(
      readNetwork(model.info.prototxt),
      readWeightFile(bytes, model.info.name).weights,
    );
  }

  /** Puts a model on the running backend. @throws AppError 'bad-weights' */
  static async open(model: ModelRecord, backend: BackendName): Promise<Segmenter> {
    return new Segmenter(model, backend, new Uint8Array(await model.file.arrayBuffer()));
  }

  /**
   * One class position per pixel, at the image's own size: the image is scaled as those that the network was trained on, though neither
   * padded nor cropped, the scores are scaled back bilinearly, then the largest wins.
   */
  async segment(image: RgbImage): Promise<Uint8Array> {
    const { scale } = this.model.info;
    const scaled = resizeImage(image, scale ? scaledSize(image, scale) : image);
    const bgr = new Float32Array(scaled.rgb.length);
    writeBgr(scaled.rgb, bgr, 0);
    return onDevice(async () => {
      const data = this.#network.input(bgr, [1, scaled.height, scaled.width, 3]);
      const scores = this.#network.scores(data);
      data.dispose();
      return argMax(resizeScores(scores, image.height, image.width));
    });
  }

  dispose(): void {
    this.#network.dispose();
  }
}
