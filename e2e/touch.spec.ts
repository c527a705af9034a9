// Fingers on the annotator: one paints, two move and zoom the picture, as the browser reports real touches.
import { join } from 'node:path';
import type { CDPSession } from '@playwright/test';
import { expect, test } from './fixtures/page-test';
import { imagePng, street, writeFolder } from './fixtures/street';
import { makePhotos, Stage, storedLabels, type Place } from './fixtures/strokes';

const size = { width: 160, height: 120 };
const VOID = 255;

test.use({ hasTouch: true });

/** Fingers on the glass, at places of the window. */
class Fingers {
  readonly #session: CDPSession;

  constructor(session: CDPSession) {
    this.#session = session;
  }

  /** All fingers that are down; one more is put down, or all are where they are now. */
  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', places: readonly Place[]): Promise<void> {
    const touchPoints = places.map(([x, y], id) => ({ x, y, id }));
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints });
  }

  down(...places: Place[]): Promise<void> {
    return this.#send('touchStart', places);
  }
  move(...places: Place[]): Promise<void> {
    return this.#send('touchMove', places);
  }
  /** Those fingers stay; the others are lifted. */
  lift(...staying: Place[]): Promise<void> {
    return this.#send('touchEnd', staying);
  }
}

test('one finger paints; two fingers zoom and move, and leave no paint', async ({ page, folder }) => {
  const one = imagePng(street(1, size.width, size.height));
  const to = writeFolder(join(folder, 'photos'), { 'a.png': one, 'b.png': one });
  const files = ['a.png', 'b.png'].map((name) => join(to, name));
  await makePhotos(page, files, ['car', 'other'], { name: 'Touched', longest: size.width });
  const stage = new Stage(page, size);
  await expect(stage.canvas).toBeVisible();
  await page.getByLabel('Brush size').fill('5');
  const fingers = new Fingers(await page.context().newCDPSession(page));
  const at = async (...pixels: Place[]) => stage.places(pixels);
  const labels = async () => {
    await stage.stored();
    return storedLabels(page, 'train', 0);
  };
  const painted = (map: number[]) => map.filter((label) => label !== VOID).length;
  const pixel = (map: number[], [x, y]: Place) => map[y * size.width + x];

  // One finger draws a line from left to right.
  const [left, middle, right] = await at([40, 60], [80, 60], [120, 60]);
  await fingers.down(left!);
  await fingers.move(middle!);
  await fingers.move(right!);
  await fingers.lift();
  const line = await labels();
  for (const x of [40, 60, 80, 100, 120]) expect(pixel(line, [x, 60]), String(x)).toBe(0);
  expect(pixel(line, [20, 60])).toBe(VOID);
  expect(pixel(line, [80, 70])).toBe(VOID);
  expect(painted(line)).toBeGreaterThan(80 * 4);

  // Two fingers: the first had begun a stroke, which is taken back. They move apart, so the picture grows by two.
  const zoom = page.getByRole('button', { name: 'Zoom out' }).locator('+ span');
  const before = parseFloat((await zoom.textContent())!);
  const [a, b, wideA, wideB] = await at([60, 40], [100, 40], [40, 40], [120, 40]);
  await fingers.down(a!);
  await fingers.move([a![0] + 3, a![1]]);
  await fingers.down([a![0] + 3, a![1]], b!);
  for (const step of [0.25, 0.5, 0.75, 1]) {
    const between = (from: Place, end: Place): Place => [
      from[0] + (end[0] - from[0]) * step,
      from[1] + (end[1] - from[1]) * step,
    ];
    await fingers.move(between(a!, wideA!), between(b!, wideB!));
  }
  await expect.poll(async () => parseFloat((await zoom.textContent())!) / before).toBeGreaterThan(1.8);
  expect(parseFloat((await zoom.textContent())!) / before).toBeLessThan(2.2);
  // One finger lifted: the other does not paint with what is left of the gesture.
  await fingers.lift(wideA!);
  await fingers.move([wideA![0] + 30, wideA![1] + 30]);
  await fingers.lift();
  expect(await labels()).toEqual(line);

  // What lies under the fingers stays under them: a dot at the middle of both is at the picture's place (80, 40).
  const [centre] = [[(wideA![0] + wideB![0]) / 2, wideA![1]] as Place];
  await fingers.down(centre);
  await fingers.lift();
  const dot = await labels();
  expect(pixel(dot, [80, 40])).toBe(0);
  expect(painted(dot) - painted(line)).toBeLessThan(60);

  // Both fingers in one direction move the picture: the dot is where they went, and painting it again changes nothing.
  await fingers.down(wideA!);
  await fingers.down(wideA!, wideB!);
  await fingers.move([wideA![0], wideA![1] + 60], [wideB![0], wideB![1] + 60]);
  await fingers.lift();
  expect(await labels()).toEqual(dot);
  await fingers.down([centre[0], centre[1] + 60]);
  await fingers.lift();
  expect(await labels()).toEqual(dot);

  // A stroke by finger is undone like any other.
  await page.getByRole('button', { name: 'Undo' }).tap();
  expect(await labels()).toEqual(line);
});
