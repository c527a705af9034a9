// Pictures to RGB bytes, by the browser's decoders. For images only: labels must keep their exact values.
import { fileError } from '../formats/file-error';
import { checkComplete, readImageHeader } from '../formats/image-header';
import { readFile } from './read-file';
import type { InputFile, RgbImage } from './types';

/** Decodes one image after the other on one canvas, so that memory stays that of the largest. */
export class ImageDecoder {
  private context: OffscreenCanvasRenderingContext2D | null = null;

  /**
   * A picture (PNG, JPEG, WebP, BMP, AVIF) as RGB, turned as its EXIF orientation says, colours as stored; transparency shows black.
   * Throws AppError 'bad-file': another kind of file, cut off, damaged, or above 64 megapixels.
   */
  async decode(file: InputFile['file'], name: string): Promise<RgbImage> {
    const bytes = await readFile(file, name);
    const header = readImageHeader(bytes, name);
    if (!header) {
      throw fileError('bad-file', name, 'this picture has no size in its header. It is cut off or damaged.');
    }
    checkComplete(bytes, header.kind, name);
    const bitmap = await this.bitmap(new Blob([bytes], { type: `image/${header.kind}` }), name);
    try {
      return this.pixels(bitmap);
    } finally {
      bitmap.close();
    }
  }

  private async bitmap(blob: Blob, name: string): Promise<ImageBitmap> {
    try {
      return await createImageBitmap(blob, {
        colorSpaceConversion: 'none',
        premultiplyAlpha: 'none',
        imageOrientation: 'from-image',
      });
    } catch {
      throw fileError(
        'bad-file',
        name,
        'the browser cannot decode this image. It is damaged; save it again.',
      );
    }
  }

  private pixels(bitmap: ImageBitmap): RgbImage {
    const { width, height } = bitmap;
    const context = this.canvas(width, height);
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    // A pixel at a time: browsers run on machines that keep the lowest byte, red, first.
    const pixels = new Uint32Array(data.buffer);
    const rgb = new Uint8Array(width * height * 3);
    for (let i = 0, to = 0; i < pixels.length; i++, to += 3) {
      const pixel = pixels[i]!;
      rgb[to] = pixel;
      rgb[to + 1] = pixel >> 8;
      rgb[to + 2] = pixel >> 16;
    }
    return { width, height, rgb };
  }

  /** An opaque canvas of the given size, cleared to black. */
  private canvas(width: number, height: number): OffscreenCanvasRenderingContext2D {
    if (!this.context) {
      const made = new OffscreenCanvas(width, height).getContext('2d', {
        alpha: false,
        willReadFrequently: true,
      });
      if (!made) throw new Error('a worker has no 2D canvas');
      this.context = made;
    }
    const { canvas } = this.context;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    this.context.fillStyle = 'black';
    this.context.fillRect(0, 0, width, height);
    return this.context;
  }
}
