// Frames of the city as they are needed: one for a look, or many for a dataset. Loaded only when asked for.
import { AppError } from '../../core/errors';
import { ImportBatch } from '../import-batch';
import { ImportMeter } from '../import-meter';
import type { ImportReport } from '../import-types';
import { reportOf, storageFull } from '../importer';
import { splitShare } from '../split';
import { VOID, type LabelMap, type RgbImage, type Size } from '../types';
import { cityClass, cityClasses, labelledAs, type CityClassId, type ExtraClasses } from './city-classes';
import type { CityFrame, CityJob } from './city-job';
import { checkCityScene, checkCitySettings, checkFrameSize, type CityScene } from './city-settings';
import { layoutCity } from './layout/layout-city';
import { CityRenderer, type CityPixels } from './render/city-renderer';

/** A batch goes to the sink when its tiles have this many bytes. */
const batchBytes = 4 * 1024 * 1024;

export class CityStudio {
  private readonly renderer = new CityRenderer();
  private warm = false;

  /** Frame number `frame` of a scene. Throws AppError 'bad-settings' for a scene or size that cannot be used. */
  frame(scene: CityScene, frame: number, size: Size): CityFrame {
    checkCityScene(scene);
    checkFrameSize(size);
    // The first frame of all waits for the shaders, which says nothing of the next.
    if (!this.warm) this.pair(scene, frame, { width: 32, height: 32 });
    this.warm = true;
    const start = performance.now();
    const pair = this.pair(scene, frame, size);
    return { ...pair, classes: cityClasses(scene), seconds: (performance.now() - start) / 1000 };
  }

  /**
   * Makes a dataset, or goes on with one. Stopping it or a full disk keeps what was stored. Throws 'bad-settings', and 'aborted'
   * or 'storage-full' where nothing was stored.
   */
  async make({ settings, signal, onProgress, ...job }: CityJob): Promise<ImportReport> {
    checkCitySettings(settings);
    const { name, frames, size, validationPercent, ...scene } = settings;
    const { seed } = scene;
    const choices = {
      name,
      classes: cityClasses(scene),
      format: null,
      validationPercent,
      seed,
      scale: null,
      tile: null,
    };
    const batch = new ImportBatch(
      {
        ...job,
        ownValidation: false,
        format: 'palette-index',
        rejected: [],
        settings: choices,
        source: { kind: 'city', scene },
      },
      frames,
    );
    const meter = new ImportMeter(frames, onProgress, batch.done);
    const share = splitShare(frames, validationPercent, seed);
    if (!job.from) await job.begin?.(batch.record);
    try {
      while (batch.done < frames && !signal.aborted) {
        const frame = batch.done;
        const { image, label } = this.pair(scene, frame, size);
        batch.add(`city-${seed}-${String(frame).padStart(5, '0')}`, share[frame]!, image, label);
        if (batch.bytes >= batchBytes) await batch.flush('importing');
        meter.report('storing', batch.done, batch.tiles, 0);
        // Lets the message that stops it in.
        await new Promise((resolve) => setTimeout(resolve));
      }
      meter.report('finishing', batch.done, batch.tiles, 0, true);
      if (batch.tiles === 0) throw new AppError('aborted', 'The city was stopped before a frame was stored.');
      await (batch.done < frames ? batch.flush('partial', 'cancelled') : batch.flush('ready'));
    } catch (error) {
      if (!batch.stored) throw error;
      await batch.giveUp(storageFull(error) ? 'storage-full' : 'failed');
      if (!storageFull(error)) throw error;
    }
    return { ...reportOf(batch.stored ?? batch.record, meter.seconds), notes: [] };
  }

  private pair(scene: CityScene, frame: number, size: Size): { image: RgbImage; label: LabelMap } {
    const { rgb, ids } = this.renderer.draw(layoutCity(scene, frame), size);
    return { image: { ...size, rgb }, label: { ...size, labels: positionsOf(ids, scene) } };
  }
}

/** Class positions of ids, as label maps are stored. */
function positionsOf(ids: CityPixels['ids'], extra: ExtraClasses): Uint8Array {
  const positions = cityClasses(extra).classes.map(({ id }) => id);
  const table = new Uint8Array(256).fill(VOID);
  for (const id of Object.values(cityClass) as CityClassId[]) {
    const position = positions.indexOf(labelledAs(id, extra));
    if (position >= 0) table[id] = position;
  }
  return ids.map((id) => table[id]!);
}
